"""What a person may ask of whoever keeps his data (LGPD, article 18), and whether a lead's words ask it: by rules alone.

Something that is to be done or shown must be named beside whose it is: "apaguem meus dados", "quais dados vocês têm sobre mim?".
So "quero dados do imóvel", "errei meus dados" and "apagar os dados do meu celular" are talk like any other.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from core.domain.plain_words import plain_words, wants_no_answer

ANSWERED_WITHIN: Final = timedelta(days=15)
"""For a full declaration the law gives so long (article 19, II); what has no term of its own gets the same."""
REMINDED_BEFORE: Final = timedelta(days=3)
"""So long before it has run out whoever is to answer is told again."""
LONGEST_REASON: Final = 500
_LONGEST: Final = 1000
"""Characters that are looked at."""


class RequestKind(StrEnum):
    """What is asked for."""

    ACCESS = "access"
    """What is known of him: whether anything is, and all of it."""
    ERASURE = "erasure"
    CORRECTION = "correction"


class RequestState(StrEnum):
    """What became of it."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    """With a reason: the law lets some things be kept."""
    LAPSED = "lapsed"
    """He was erased before it was answered: there is nothing left to show or to correct."""


class RequestOrigin(StrEnum):
    """Who wrote it down."""

    LEAD = "lead"
    """His own words did."""
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Asked:
    """``alone``: the message says nothing else that wants an answer."""

    kind: RequestKind
    alone: bool


def due_by(asked_at: datetime) -> datetime:
    """When it has to be answered."""
    return asked_at + ANSWERED_WITHIN


_NOT = r"(?<!nao )(?<!\bn )(?<!nunca )(?<!never )(?<!dont )(?<!don t )(?<!do not )(?<!not )(?<!nao me )(?<!not to )"
_THING = r"(?:dados?(?: pessoais)?|informac(?:ao|oes)(?: pessoais| pessoal)?|cadastros?|registros?|historico|perfil)"
# What stands between is passed over a few times at most: some of it is made of the rest, and a text that heaps it up can be
# parted in more ways than a rule would ever get through.
_MINE = rf"(?:(?:todos |todas |tudo (?:de |dos |das )?|de |do |da |dos |das |d?os |d?as |o |a ){{0,6}}(?:meus|minhas|meu|minha) {_THING})"
_ABOUT_ME = r"(?:sobre mim|a meu respeito|ao meu respeito|de mim|sobre a minha pessoa)"
_ELSEWHERE = (
    r"\b(?! (?:d[oae]|no|na|em|n?um|n?uma)s? (?:meu |minha |outr[oa] )?(?:celular|iphone|android|aparelho|telefone|pc|computador|notebook|hd|drive"
    r"|nuvem|banco|cartao|serasa|spc|receita|instagram|facebook|google|whats\w*|app|aplicativo|site d[oa]))"
    r"(?! (?:bancari|de pagamento|de entrega|de acesso|do boleto|da compra|do pedido|escolar|de trabalho|profission))"
)
_KEPT = rf"(?:{_MINE}{_ELSEWHERE}|(?:tudo|todos os dados|todas as informacoes|qualquer dado|os dados|as informacoes|o) (?:o )?(?:que (?:(?:a empresa|voces?|vcs?) )?(?:tem|tenham|possuem|guard\w+|sab\w+|armazen\w+|colet\w+) )?(?:de |meu )?{_ABOUT_ME})"
_ERASE = (
    r"(?:apag(?:ar|ue|uem|a|am|assem)|exclu(?:ir|a|am|i|em|issem)|delet(?:ar|e|em|a|assem)|elimin(?:ar|e|em|a)|remov(?:er|a|am|e|essem)"
    r"|destru(?:ir|a|am)|descart(?:ar|e|em)|anonimiz(?:ar|e|em))"
)
_ERASED = r"(?:apagad|excluid|deletad|eliminad|removid|destruid|anonimizad)[oa]s?"
_ERASING = r"(?:exclusao|eliminacao|remocao|apagamento|anonimizacao|descarte)"
_GIVE = r"(?:ver|acessar|receber|saber|obter|consultar|conhecer|baixar|exportar|ter acesso (?:a|aos)|acesso (?:a|aos)|copia (?:de|dos)|uma copia (?:de|dos)|confirmacao (?:de|dos)|relatorio (?:de|dos|com)|portabilidade (?:de|dos))"
_ASKED = r"(?:quero|queria|gostaria de|gostaria|solicito|requeiro|exijo|peco|desejo|posso|preciso|voces? podem?|vcs? podem?|me (?:envie[m]?|mande[m]?|envia|manda|passe[m]?|mostre[m]?|mostra))"
_END = r"(?= *(?:$|[.,;!?\n]| que (?:a empresa|voces?|vcs?)\b| com voces| ai\b| por favor| favor| pf| conforme| com base| segundo| guardad| armazenad| tratad| lgpd| nos termos| e\b))"

_MY_DATA = r"(?:(?:all |all of |any |any of ){0,6}my (?:personal |own )?(?:data|information|info|details|records|account|profile|history)|(?:all |everything |anything |whatever |any data |the data |data |information |all data ){1,6}(?:that )?(?:you (?:have|hold|keep|know|store|stored|collected)(?: collected| got| stored)? )?(?:about|on) me)"
_NOT_HERE = r"(?! (?:from|on|off|in) (?:my |the |an? )?(?:old )?(?:phone|laptop|computer|card|drive|iphone|cloud|bank))"
_ERASE_EN = r"(?:delete|erase|remove|wipe|destroy|purge|anonymi[sz]e)"

_PHRASES: Final[Mapping[RequestKind, tuple[re.Pattern[str], ...]]] = {
    kind: tuple(re.compile(pattern) for pattern in patterns)
    for kind, patterns in {
        RequestKind.ERASURE: (
            rf"{_NOT}\b{_ERASE} {_KEPT}",
            rf"\b(?:quero|queria|gostaria|exijo|solicito|peco|desejo) que {_KEPT} (?:sejam?|fossem?|seja) {_ERASED}",
            rf"\b{_KEPT} (?:sejam?|fossem) {_ERASED}",
            rf"\b{_ERASING} (?:completa |total |imediata |definitiva )?(?:de |d)?{_KEPT}",
            r"\bdireito (?:ao|de) (?:esquecimento|ser esquecid[oa]|exclusao|eliminacao)\b",
            r"\b(?:quero|queria|exijo|gostaria de) ser esquecid[oa]\b(?! por (?:ele|ela|voce))",
            rf"{_NOT}\b{_ERASE_EN} {_MY_DATA}{_NOT_HERE}",
            rf"\b(?:want|need|would like|like|request|demand) {_MY_DATA} (?:to be )?(?:deleted|erased|removed|wiped|destroyed)",
            rf"\b(?:deletion|erasure|removal) of {_MY_DATA}{_NOT_HERE}",
            r"\bright to (?:be forgotten|erasure|deletion)\b",
        ),
        RequestKind.ACCESS: (
            rf"\b(?:quais|que|qual)(?: sao)? (?:os |as )?(?:tipos? de |todos os |todas as )?(?:meus |minhas )?{_THING} (?:meus |minhas )?(?:que )?(?:a empresa |voces? |vcs? )(?:tem|tens|possuem?|guarda[m]?|armazena[m]?|coleta[m]?|ja coletaram|coletaram|mante[m]|salvam?)(?: guardad[oa]s?| salv[oa]s?| armazenad[oa]s?)?(?: (?:meus?|minhas?|{_ABOUT_ME}|ai|no sistema|cadastrad[oa]s?))?{_END}",
            rf"\bo que (?:e que )?(?:a empresa |voces? |vcs? )(?:tem|possuem?|guarda[m]?|armazena[m]?|sabem?)(?: guardado| salvo| armazenado| registrado)? {_ABOUT_ME}",
            rf"\b(?:a empresa|voces?|vcs?) (?:tem|possuem?|guarda[m]?|armazena[m]?|coleta[m]?|salvam?|mante[m])(?: algum(?:a)?| alguns| algumas| os| as| o| a)? (?:(?:meus|minhas|meu|minha) {_THING}|{_THING} (?:meus|minhas|meu|minha|{_ABOUT_ME})){_END}",
            rf"\b{_ASKED} (?:(?:de|a|o|ter|uma|um|direito) ){{0,6}}{_GIVE} ?(?:a |de |quais (?:sao )?)?(?:todos |todas |tudo (?:o )?)?(?:os |as )?(?:meus|minhas|meu|minha) (?:dados(?: pessoais)?|informacoes(?: pessoais)?){_ELSEWHERE}{_END}",
            rf"\b{_ASKED} (?:(?:de|a|o|ter|uma|um|todos|todas|as|os) ){{0,6}}(?:{_GIVE} )?(?:(?:a|as|os|de|quais|que|tudo o|tudo|todos|todas|o) ){{0,6}}(?:dados|informacoes|que) (?:que )?(?:a empresa |voces? |vcs? )(?:tem|possuem?|guarda[m]?|armazena[m]?|sabem?) {_ABOUT_ME}",
            rf"\b(?:acesso|copia|relatorio|portabilidade|extrato|confirmacao d[oe] tratamento) (?:a|aos|as|de|dos|das|completa dos) (?:todos os |todas as )?(?:meus|minhas) (?:dados pessoais|informacoes pessoais|dados){_ELSEWHERE}{_END}",
            r"\bwhat (?:personal )?(?:data|information|info|details) (?:do|did|have) (?:you|you guys|your company) (?:have|hold|keep|store|collect|got|collected|stored)(?: about| on| of)? ?(?:me|mine)\b",
            r"\bwhat (?:do|does) (?:you|you guys|your company) (?:have|hold|keep|store|know)(?: stored)? (?:about|on) me\b",
            rf"\b(?:send|give|show|provide|export|get|access|see|have|request|download|obtain)(?: me)? (?:to )?(?:a |an |the )?(?:full |complete )?(?:copy of |export of |access to )?(?:all |all of )?my (?:personal )?data\b{_NOT_HERE}(?! plan)",
            r"\b(?:copy|export) of (?:all )?(?:of )?my (?:personal )?(?:data|information)\b",
            r"\bdo you (?:have|hold|keep|store|process) (?:any )?(?:my (?:personal )?data|(?:personal )?(?:data|information) (?:about|on) me)\b",
            r"\b(?:data )?subject access request\b|\bdsar\b",
        ),
        RequestKind.CORRECTION: (
            r"(?<!nao )\b(?:corrig(?:ir|e|a|am)|corrijam?|retific(?:ar|a|que|quem)) (?:o |os |as )?(?:meus|meu|minhas) (?:dados(?: pessoais)?|cadastro|informacoes pessoais)\b"
            + _ELSEWHERE,
            r"\bcorrecao (?:de|dos|do) (?:meus|meu) (?:dados|cadastro)\b",
            r"\b(?:correct|rectify|fix) my (?:personal )?(?:data|information|details)\b",
        ),
    }.items()
}  # fmt: skip


def asked_in(text: str) -> Asked | None:
    """What the lead asks of this kind, if anything; to be erased is more than to be shown."""
    plain = plain_words(text[:_LONGEST])
    for kind in (RequestKind.ERASURE, RequestKind.ACCESS, RequestKind.CORRECTION):
        spans = list(_spans(plain, kind))
        if spans:
            return Asked(kind, alone=wants_no_answer(_without(plain, spans)))
    return None


def _spans(plain: str, kind: RequestKind) -> Iterator[tuple[int, int]]:
    """Where it is said, each place once, in order."""
    taken = 0
    for start, end in sorted(match.span() for phrase in _PHRASES[kind] for match in phrase.finditer(plain)):
        if end > taken:
            yield max(start, taken), end
            taken = end


def _without(plain: str, spans: list[tuple[int, int]]) -> str:
    """What is left; the mark of the question itself is no other question."""
    left = plain
    for start, end in reversed(spans):
        left = f"{left[:start]} \x00 {re.sub(r'^[^.;!?]{0,40}[?]', ' ', left[end:])}"
    return left
