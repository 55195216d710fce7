"""Whether a lead says that nobody is to write to him unasked any more, or that one may again: by rules alone, in Portuguese and English.

What means it by itself ("PARAR", "sair", "STOP") counts only as a message or a line of its own. Everything else must say what is
to stop: messages, calls, being on a list. So "tem como parar a dor?" and "quero sair amanhã" are talk like any other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from core.domain.plain_words import POLITE, plain_words, wants_no_answer

_LONGEST: Final = 600
"""Characters that are looked at: who wants to be left alone says so shortly."""
_FUZZY_FROM: Final = 9
"""Words of so many letters are known with one of them wrong."""


class WishKind(StrEnum):
    """What the lead wants."""

    LEAVE = "leave"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Wish:
    """``alone``: the message says nothing else that wants an answer."""

    kind: WishKind
    alone: bool


_LEAVE_WORDS: Final = (
    "parar", "pare", "parem", "sair", "stop", "stop all", "stopall", "unsubscribe", "quit", "remover", "descadastrar", "descadastre",
    "descadastra", "descadastro", "desinscrever", "desinscreva", "opt out", "optout", "quero sair", "quero parar", "sair da lista",
    "parar mensagens", "parar as mensagens", "parar de receber", "do not text", "want off this list", "stop messages", "stop msg", "stop msg me",
)  # fmt: skip
_RETURN_WORDS: Final = (
    "voltar", "volta", "quero voltar", "voltar a receber", "quero voltar a receber", "quero receber de novo", "quero receber novamente",
    "quero receber mensagens de novo", "pode mandar de novo", "podem mandar de novo", "podem voltar a mandar", "reativar", "start", "unstop",
    "subscribe", "resubscribe", "opt in", "optin",
)  # fmt: skip

# So many at most: see ``data_request``, a text that heaps them up can be parted in too many ways.
_MESSAGES = (
    r"(?:(?:mais |d?essas? |d?esses? |d?estas? |d?estes? |suas? |seus? |as |os |a |o |uma? |tantas? |tantos? |outras? |nenhuma? |qualquer "
    r"|qqr |tipo de |esse tipo de |desse tipo de |de |das |dos ){0,6}"
    r"(?:mensagem|mensagens|mensage|mensagen|menssagem|menssagens|mensajem|mensajens|msgs?|msn|mgs|sms|whats\w*|wpp|zap\w*|audios?"
    r"|propagandas?|promoc\w*|ofertas?|spams?|anuncios?|marketing|textos?|notificac\w*|lembretes?|conteudos?|divulgac\w*"
    r"|disparos?|correntes?|contatos?(?= de voce| da empresa| com voce| *$)))"
)
_NOT = r"(?:nao|n|nunca|jamais|naum|num)"
_YOU = r"(?: (?:de|da|do|com|por|aqui|desse|deste|dessa|desta)(?: (?:voces?|vcs?|ceis|tu|empresa|loja|numero|clinica|escola|ai|la|aqui))?)?"
_END = r"(?= *(?:$|[.,;!?\n)]| mas\b| e\b| que\b| pois\b| porque\b| pq\b| obrigad| por favor| favor| pf| aqui\b| nunca| nao\b))"
_WISHES = r"(?:quero|queria|desejo|gostaria de|aguento|pretendo|autorizo|preciso|faco questao de|tenho (?:mais )?interesse em|vou querer)"
_STOP = r"(?:para|pare|parem|parar|parando|para r|chega|deixa|deixe|deixem|deixar|cansei|encerr(?:a|e|em|ar)|suspend(?:a|am|er)|cess(?:e|em|ar))"
_SEND = r"(?:mandar|manda|mandando|mandarem|enviar|envia|enviando|enviarem|encaminhar|disparar|passar|enche[r]? .{0,12} (?:de|com))"
_PESTER = r"(?:escrever|chamar|ligar|perturbar|incomodar|encher|contatar|contactar|procurar|importunar|aborrecer|atormentar|spammar|perseguir)"
_LIST = (
    r"(?:(?:da|dessa|desta|das|de|do|desse|deste|dos) (?:sua |suas |seu |seus |tua |vossa )?"
    r"(?:lista|listas|mailing|mail ?list|base(?: de dados)?|cadastros?|contatos|agenda|grupo|transmissao|sistema|spam|banco de dados)"
    r"(?! d[ae]s? (?:espera|chamada|convidad\w*|presenca|precos?|compras?|desejos?|materia(?:l|is)|alunos?|estudos?|cadeira))"
    r"(?! vip\b| familia))"
)
_TAKE_OFF = r"(?:tira|tire|tirem|tirar|retira|retire|retirem|retirar|remove|remova|removam|remover|exclui|exclua|excluam|excluir|apaga|apague|apaguem|apagar|deleta|delete|deletem|deletar|risca|risque)"
_MY_NUMBER = r"(?:o |a )?(?:meu|minha) (?:numero|contato|telefone|fone|celular|whats\w*|zap|nome|cadastro)"

_LEAVE_PHRASES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # "pare de me mandar mensagem"; not "meu ex não para de …".
        rf"(?<!nao )(?<!\bn )\b{_STOP} (?:ja )?(?:de|com|d) (?:ficar )?(?:me |nos )?{_SEND}(?: pra mim| para mim| pro meu numero)?(?: {_MESSAGES}| isso\b| isto\b)",
        rf"(?<!nao )(?<!\bn )\b{_STOP} (?:ja )?(?:de|com|d) (?:ficar )?me {_SEND}\b",
        rf"(?<!nao )(?<!\bn )\b{_STOP} (?:ja )?(?:de|com|d) (?:ficar )?me {_PESTER}\b",
        rf"(?<!nao )(?<!\bn )\b(?:parar|para|pare|parem|deixar|cansei) (?:de|com) (?:receber|ficar recebendo|recebendo) {_MESSAGES}",
        rf"(?<!nao )(?<!\bn )\b{_STOP} (?:ja )?(?:de|com|d) {_MESSAGES}(?! d[oae]s? m)",
        rf"\bsem mais {_MESSAGES}",
        # "não quero mais receber"; what is not to be received must be messages, or not be named.
        rf"\b{_NOT} {_WISHES} (?:mais )?(?:de )?(?:receber|(?:ficar|continuar|seguir) recebendo) (?:mais )?(?:{_MESSAGES}|nada{_YOU}{_END}|ligac\w+|contato)",
        rf"\b{_NOT} (?:quero|queria|desejo|gostaria de|aguento|vou querer) mais (?:de )?receber{_YOU}{_END}",
        rf"\b{_NOT} (?:quero|queria|desejo|aguento|autorizo|preciso|tenho interesse em) (?:mais )?(?:de )?(?:ver )?{_MESSAGES}",
        rf"\b{_NOT} (?:quero|queria|desejo|autorizo) (?:mais )?(?:o |ter )?contato (?:de|da|com) (?:voces?|vcs?|ess[ea]|empresa)",
        rf"\b{_NOT} (?:quero|queria|desejo|gostaria de) (?:mais )?(?:ser|sermos) (?:mais )?(?:contatad|contactad|procurad|incomodad|perturbad)",
        rf"\b{_NOT} (?:quero|queria|desejo) (?:mais )?que (?:voces? |vcs? )?(?:me )?(?:mand|envi|lig|cham|escrev|procur|contat|contact|incomod|perturb)\w*",
        # "não me mande mais nada"; "você não me manda mais nada" is a complaint.
        rf"\b{_NOT} (?:me )?(?:mande[ms]?|mandes|envie[ms]?|encaminhe[m]?) (?:mais )?(?:{_MESSAGES}|nada\b)",
        rf"\b{_NOT} (?:me )?(?:mande[ms]?|envie[ms]?|chame[m]?|ligue[m]?|procure[m]?|escreva[m]?|perturbe[m]?|incomode[m]?|contate[m]?) mais{_YOU}{_END}",
        rf"(?:^|[.,;!?\n] *|favor |\be )(?:por favor )?{_NOT} (?:me )?(?:manda|mandar|envia|enviar) mais(?: {_MESSAGES}| nada\b|{_END})",
        rf"\b{_NOT} (?:me )?(?:perturbe[m]?|incomode[m]?|importune[m]?)\b",
        rf"\b{_NOT} precisa[m]? (?:mais )?(?:de )?(?:me )?(?:mandar|enviar) mais {_MESSAGES}",
        rf"\b{_NOT} (?:entre[m]?|entrar) (?:mais )?em contato(?: comigo)?(?: mais)?{_END}",
        r"\bnunca mais me (?:mande[m]?|envie[m]?|chame[m]?|ligue[m]?|procure[m]?)\b",
        rf"\b{_NOT} me (?:mande[m]?|chame[m]?|ligue[m]?|procure[m]?) nunca mais",
        # "me tira da lista", "apague meu número".
        rf"\bme {_TAKE_OFF} (?:ja )?{_LIST}",
        rf"\b{_TAKE_OFF}[- ]?me (?:ja )?{_LIST}",
        rf"\b{_TAKE_OFF} {_MY_NUMBER} (?:{_LIST}|daqui|dai\b)",
        rf"\b{_TAKE_OFF} (?:o )?meu (?:numero|contato|telefone|whats\w*|zap){_END}",
        rf"\bsair (?:ja )?{_LIST}",
        rf"\bme {_TAKE_OFF} (?:daqui|dai|disso|desse negocio|desses envios)\b",
        # Words of their own kind.
        r"\bme (?:descadastr|desinscrev)\w+",
        r"\b(?:descadastr|desinscrev)\w+[- ]me\b",
        rf"\b(?:descadastr|desinscrev)\w+ {_MY_NUMBER}",
        rf"\b(?:cancel|suspend|interromp)\w+ (?:o |os |a )?(?:recebimento|envios?|disparos?|inscricao) (?:(?:de|das|dos|nas|nos|em) )?{_MESSAGES}",
        r"(?<!nao )(?<!nunca )\bme (?:deixa|deixe|deixem) em paz\b",
        r"\bvou (?:te |lhes? )?(?:bloquear|denunciar)(?: e (?:bloquear|denunciar))? (?:voces?|vcs?|(?:esse|este|esta|essa|o|seu) (?:numero|contato|conversa)|como spam)",
        # English.
        r"\b(?:stop|quit|cease) (?:texting|messaging|contacting|calling|spamming|bothering|harassing|writing|emailing) (?:to )?(?:me|us)\b",
        r"\b(?:stop|quit) (?:sending|send)(?: me| us)?(?: all| these| those| the| your| any| so many| more){0,6} (?:messages?|msgs?|texts?|sms|spam|ads?|offers?|promo\w*|stuff|anything|reminders?)\b",
        r"\b(?:stop|quit) sending(?: me| us)? (?:this|these|that|it)(?= *(?:$|[.,;!?\n]))",
        r"\b(?:stop|no more|enough)(?: with)?(?: the| these| your| those| of these){0,6} (?:messages|msgs|texts|spam|ads|promotions|reminders)\b",
        r"\b(?:don ?t|do not|never|please not)(?: ever)? (?:text|message|contact|call|write|write to|bother) me(?: ever)? (?:again|any ?more)\b",
        r"\b(?:don ?t|do not|never)(?: ever)? (?:contact|message|bother) me\b(?! (?:by|on|at|before|after|until|if|via|through|in)\b)",
        r"\b(?:don ?t|do not|never)(?: ever)? send(?: me)?(?: any)?(?: more| other)? (?:messages?|texts?|msgs?|anything(?: else| more| again)?|spam|ads)\b",
        r"\b(?:don ?t|do not|no longer|never)(?: want| wish| like| care)(?: to)? (?:receive|get|getting|receiving)(?: any)?(?: more| other| further| these| your){0,6} (?:messages?|texts?|msgs?|spam|ads|offers|promo\w*|reminders?|anything from you)\b",
        r"\b(?:don ?t|do not|no longer)(?: want| wish)(?: to)? hear from you\b",
        r"\b(?:don ?t|do not|no longer) (?:want|wish) to be (?:contacted|messaged|texted|called)\b",
        r"\b(?:take|get|remove|delete) (?:me|my (?:number|phone|contact|name)) (?:off|from|out of) (?:of )?(?:your|the|this|that|all)(?: \w+){0,2} ?(?:list|lists|database|system|contacts)\b(?! of guests)",
        r"\b(?:remove|delete) my (?:number|phone number|contact)\b",
        r"\bunsubscribe me\b|\b(?:want to|like to|how (?:do|can) i|please) unsubscribe\b|\bopt me out\b|\b(?:want to|like to|wish to|please) opt out\b",
        r"\bleave me alone\b",
    )
)  # fmt: skip
_OTHERS: Final = re.compile(
    r"\b(?:wait(?:ing|ing-)? ?list|guest list|lista de (?:espera|convidados|chamada|presenca)|(?:meu|minha) (?:ex|filh[oa]|marido|esposa"
    r"|namorad[oa]|chefe|mae|pai|amig[oa]|vizinh[oa])\b.{0,40}\b(?:para|pare|parar|mandar|manda)|my (?:ex|son|daughter|boss|husband|wife)\b"
    r".{0,40}\b(?:stop|text|messag|call)\w*|(?:mensagem|mensagens|msg) de (?:audio|voz|texto)|so (?:por )?(?:texto|audio|ligacao|mensagem)"
    r"|prefiro|em vez d[eo]|ao inves|me liga|liga p(?:a)?ra mim|quero (?:ligacao|comprar|fechar|agendar|marcar)|call me instead"
    r"|(?:just|please) call me)\b"
)
"""Talk of what somebody else does or is on, or of the way in which one would rather be written to."""


def wish_in(text: str) -> Wish | None:
    """What the lead wants of this kind, if anything."""
    plain = plain_words(text[:_LONGEST])
    words = _words(plain)
    if _is_one_of(words, _LEAVE_WORDS) and "?" not in plain:
        return Wish(WishKind.LEAVE, alone=True)
    if _is_one_of(words, _RETURN_WORDS) and "?" not in plain:
        return Wish(WishKind.RETURN, alone=True)
    spans = list(_spans(plain))
    if not spans:
        return None
    left = plain
    for start, end in sorted(spans, reverse=True):
        left = f"{left[:start]} \x00 {left[end:].lstrip(' ?') if left[end:].lstrip().startswith('?') else left[end:]}"
    return Wish(WishKind.LEAVE, alone=wants_no_answer(left))


def _spans(plain: str) -> Iterator[tuple[int, int]]:
    """Where it is said, each place once."""
    taken = 0
    lines = [(match.start(), match.end(), match.group()) for match in re.finditer(r"[^\n]+", plain)]
    found = [(start, end) for start, end, line in lines if _is_one_of(_words(line), _LEAVE_WORDS) and "?" not in line]
    if not _OTHERS.search(plain):
        found += [match.span() for phrase in _LEAVE_PHRASES for match in phrase.finditer(plain)]
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if end > taken:
            yield max(start, taken), end
            taken = end


@cache
def _known(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_single(word) for word in words)


def _is_one_of(words: str, known: tuple[str, ...]) -> bool:
    said = _single(words)
    return said in _known(known) or any(
        len(word) >= _FUZZY_FROM and " " not in word and _one_off(said, word) for word in _known(known)
    )


def _words(plain: str) -> str:
    """The words that are no courtesy; all of them where courtesy is all there is."""
    bare = " ".join(re.findall(r"\w+", plain))
    if _single(bare) in _known(_LEAVE_WORDS + _RETURN_WORDS):
        return bare
    return " ".join(POLITE.sub(" ", bare).split())


def _single(word: str) -> str:
    """With no letter twice in a row: "PARAAAR" is "parar"."""
    return re.sub(r"(\w)\1+", r"\1", word)


def _one_off(said: str, word: str) -> bool:
    """Whether one letter more, less or other makes one the other."""
    if abs(len(said) - len(word)) > 1 or said == word:
        return said == word
    short, long = sorted((said, word), key=len)
    at = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    return short[at:] == long[at + 1 :] or short[at + 1 :] == long[at + 1 :]
