"""Finds in a reply a deed that no system did: "I have booked you in", when nothing was booked.

The attendant can talk and hand over; it books, cancels, refunds and sends nothing. Whatever claims such a deed as done is
stopped, in the first person ("agendei") or as a state of things ("sua consulta está marcada"). Offers, questions,
conditions, refusals and what the lead himself said claim nothing, and go out; so does what a person of the team has done
and said so in this conversation.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.normalise import fold
from pipeline.reply_facts import ReplyFacts, supports

_THING: Final = (
    r"consultas?|horarios?|visitas?|reservas?|vagas?|agendamentos?|aulas?|avaliac\w+|pedidos?|compras?|pagamentos?|boletos?|cobrancas?|faturas?"
    r"|pix|notas?|estornos?|reembolsos?|cancelamentos?|matriculas?|inscric\w+|cadastros?|assinaturas?|contratos?|propostas?|mesas?|quartos?|entregas?"
    r"|encomendas?|trocas?|devoluc\w+|solicitac\w+|protocolos?|chamados?|exames?|reuni(?:ao|oes)|test drives?|sess(?:ao|oes)|vouchers?|codigos?|links?"
    r"|comprovantes?|orcamentos?|recibos?|segunda via|e-?mails?|appointments?|bookings?|reservations?|tables?|orders?|refunds?|payments?|invoices?|visits?"
    r"|slots?|class(?:es)?|subscriptions?|receipts?|deliver(?:y|ies)|citas?|reembolsos?|pedidos?|facturas?|pagos?|turnos?|mesas?|clases?|envios?"
)
_DONE_BY_ME = re.compile(
    r"\b(?:(?:re)?agendei|(?:re|des)?marquei|reservei|cancelei|confirmei|separei|segurei|encaixei|cadastrei|matriculei|inscrevi|emiti|apliquei|aprovei|estornei"
    r"|reembolsei|devolvi|liberei|registrei|transferi|(?:des)?bloqueei|programei|reprogramei|processei|providenciei|contratei|creditei|efetuei|realizei"
    r"|finalizei|(?:re|des)?ativei|alterei|troquei|despachei|validei|garanti (?:sua?|seu|a|o|tua?|teu)|adicionei (?:voce|seu|sua)"
    r"|(?:fiz|solicitei|gerei|abri|criei|mudei|atualizei|paguei|resolvi|entreguei|coloquei|postei|corrigi) (?:ja )?(?:(?:o|a|os|as|um|uma|seu|sua|teu|tua) ){0,2}"
    rf"(?:{_THING}|problema)"
    rf"|(?:enviei|mandei|encaminhei)\b(?! acima)[^,.;:]{{0,30}}?\b(?:{_THING}|documentos?|catalogos?|material|fotos?|arquivos?|pdf|convites?)\b(?! acima)"
    r"|coloquei (?:voce|vc|seu nome|te) n[ao]|dei (?:baixa|entrada)|deixei (?:\w+ ){0,3}(?:agendad|reservad|marcad|separad|confirmad|garantid|pront)[oa]s?"
    r"|(?:verifiquei|consultei|conferi|chequei|falei|combinei|acertei)(?: aqui| ja)? (?:com|n[oa]s?|[oa]s?) (?:[oa]s? |nossa? |nosso )?(?:sistema|agenda"
    r"|equipe|estoque|medic\w+|dout\w+|recepcao|financeiro|gerente|gerencia|vendedor\w*|professor\w*))\b"
    r"|\b(?:acabei de|acabo de|consegui|conseguimos) (?:te |lhe )?(?:(?:re)?agendar|(?:re|des)?marcar|reservar|cancelar|confirmar|separar|cadastrar|matricular"
    r"|inscrever|emitir|gerar|aprovar|estornar|reembolsar|devolver|liberar|registrar|transferir|enviar|mandar|alterar|mudar|trocar|atualizar|ativar"
    r"|processar|efetuar|realizar|finalizar|concluir|encaixar|garantir|segurar)\b"
    r"|\b(?:ja|acabamos de|nos) (?:agendamos|marcamos|reservamos|cancelamos|estornamos|reembolsamos|enviamos (?:o|a|seu|sua) (?:boleto|link|contrato))\b"
    r"|\b(?:i|we)(?:'ve| have)?(?: just| already| now| also| successfully| gone ahead and| went ahead and| managed to| was able to| were able to)*"
    r" (?:booked|scheduled|rescheduled|reserved|cancel+ed|confirmed|registered|enrol+ed|refunded|applied|processed|issued|placed your|put you (?:down|in)"
    r"|set (?:it |you |that )?up|signed you up|arranged|moved your|changed your|updated your|sent (?:you |over |out )?(?:the|your|an?)"
    r" (?!same)\w*|emailed)\b"
    r"|\b(?:i|we) (?:managed|was able|were able) to (?:book|schedule|reschedule|reserve|cancel|confirm|refund|register|move|get you)\b"
    r"|\b(?:he|hemos|acabo de|acabamos de|logre|ya) (?:te |le |lo |la )?(?:agendad|reservad|cancelad|confirmad|programad|registrad|enviad|procesad|emitid|apartad"
    r"|reembolsad|inscrit|agendar|reservar|cancelar|confirmar|programar|registrar|enviar|procesar|apartar|reembolsar)\w*"
)
"""Folded. What has no other meaning without its accents."""
_DONE_BY_ME_ACCENTED = re.compile(
    r"\b(?:(?:re)?agendé|reservé|cancelé|confirmé|(?:re)?programé|envié|registré|procesé|emití|aparté|reembolsé|incluí (?:voc|seu|sua)|concluí (?:o |a )?(?:seu|sua)"
    r"|excluí (?:o |a )?(?:seu|sua))"
)
"""Not folded: "agende" and "inclui" are innocent."""
_FIRM: Final = (
    r"(?:re)?agendad|(?:re|des)?marcad|reservad|confirmad|separad|cancelad|matriculad|inscrit|cadastrad|estornad|reembolsad|encaixad|booked|scheduled"
    r"|rescheduled|reserved|confirmed|cancel+ed|refunded|programad"
)
_LOOSE: Final = (
    r"registrad|devolvid|emitid|gerad|enviad|processad|procesad|quitad|liberad|ativad|atualizad|alterad|despachad|efetuad|realizad|finalizad|concluid|garantid"
    r"|resolvid|feit|pront|processed|sent|issued|completed|changed|updated|activated|shipped|arranged|made|placed|secured|moved|all set|on (?:its|the) way|hech|list[oa]\b"
)
_IS: Final = r"(?:esta|ta|tao|estao|foi|foram|ficou|ficaram|fica|ja foi|acabou de ser|is|are|was|were|has been|have been|'s been|'ve been|queda|quedo|fue|ha sido|you're|it's|that's)"
_STATE = re.compile(rf"\b{_IS}(?: \w+){{0,2}} (?:{_FIRM})")
_OWN_STATE = re.compile(
    rf"\b(?:{_THING})\b[^,.;:]{{0,40}}?\b(?:{_IS}(?: \w+){{0,2}} (?:{_LOOSE})|(?:ja )?saiu par?a|went through|has shipped)"
    rf"|\b(?:ja esta|ja ta|ficou|foi) n[ao] (?:nossa |nosso )?(?:agenda|lista|sistema)\b|\b(?:voce|vc|you)(?: ja)? (?:esta|ta|foi|are) (?:\w+ )?(?:{_FIRM})"
    r"|\byou(?:'re| are)(?: now| already)? (?:all set|booked|down for|in for|confirmed|registered)\b"
)
_BARE_STATE = re.compile(
    rf"^\W*(?:(?:otimo|perfeito|pronto|prontinho|feito|certo|ok|sim|done|great|perfect|listo)\W+)?(?:ja |tudo |esta |ta |all )*(?:{_FIRM})\w*\W*(?:$|par?a |pra |com |on |for |at )"
    rf"|^\W*(?:(?:o|a|seu|sua|your|su) )?(?:{_THING}) (?:\w+ )?(?:{_FIRM}|{_LOOSE})\w*(?: (?:com sucesso|par?a|pra|no dia|as|successfully|for|on|al?)\b|\W*$)"
    rf"|^\W*(?:prontinho|pronto|feito|done|listo)\W+(?:o |a )?(?:seu|sua|teu|tua|your|su|tu) (?:{_THING})\b"
)
_DATED = re.compile(
    r"\b(?:sua|seu|tua|teu|your|su|tu) (?:consulta|horario|visita|reserva|aula|avaliacao|exame|sessao|reuniao|appointment|booking|visit|cita|turno)\w*"
    r" (?:e|esta|fica|ficou|is|es|queda)(?: \w+){0,2} (?:par?a |pra |on |at |el |no |na |n[oa] |em )?"
    r"(?:hoje|amanha|dia \d|\d{1,2}/\d|segunda|terca|quarta|quinta|sexta|sabado|domingo|as \d|tomorrow|today|monday|tuesday|wednesday|thursday|friday"
    r"|saturday|sunday|manana|lunes|martes|miercoles|jueves|viernes|a las \d)"
)
_HOLDING = re.compile(
    r"\bvou (?:separar|reservar|bloquear|segurar)\b|\bi(?:'ll| will) (?:hold|set aside|reserve) (?:it|one|the|a|your)\b"
)
_YOURS = re.compile(r"\b(?:seu|sua|seus|suas|teu|tua|voce|vc|you|your|su|tu|usted)\b")
_PARTICIPLE = re.compile(rf"\b(?:{_FIRM}|{_LOOSE})")
_ANY_DEED = re.compile(f"{_DONE_BY_ME.pattern}|{_STATE.pattern}|{_OWN_STATE.pattern}|{_DATED.pattern}|\\b(?:{_FIRM})")

_NOT = re.compile(r"\b(?:nao|nunca|nem|jamais|sem|not|never|no|ninguem|nobody|cannot)\b|n't\b")
_WHETHER: Final = (
    r"se|caso|quando|assim que|enquanto|if|when|once|unless|as soon as|whether|si|cuando|en cuanto|una vez que"
)
_CONDITION = re.compile(
    rf"\b(?:{_WHETHER}|apos|depois (?:de|que)|mediante|so com|somente|after|until|ate que|despues de)\b"
)
_OPENS_CONDITION = re.compile(
    rf"^\W*(?:(?:e|mas|ai|entao|but|and|so|pero|y) )?(?:{_WHETHER}|apos|depois (?:de|que)|after|despues de|so )\b \w+"
)
_SAID_BY_LEAD = re.compile(
    r"\b(?:voce|vc|o senhor|a senhora|usted|tu|you)(?: \w+){0,2} (?:diss\w+|fal(?:ou|a)|cont(?:ou|a)|mencion\w+|coment\w+|inform\w+|escrev\w+|relat\w+|said|says|told|mention\w*"
    r"|wrote|dij\w+|dice)\b|\b(?:segundo voce|pelo que voce|entendi que|you say|according to you|(?:sinto muito|lamento|que pena|uma pena|sorry|desculpe) (?:que|por|pel[oa]|that|to hear|about)|saber se|verificar se|conferir se|checar se|ver se|check (?:if|whether))\b"
)
_BY_PEOPLE = re.compile(
    r"\b(?:pel[oa]s?|by|por) (?:nossa |nosso |our |the |la |el |nuestr[oa] )?(?:equipe|recepcao|atend\w+|time|team|reception|staff|equipo|recepcion|telefone|phone)\b"
)
_MODAL = re.compile(
    r"\b(?:quer que|posso|podemos|pode|poderia|gostaria|quero|would|could|can|may|might|shall|puedo|quieres?|precisa|deve|should)\b"
)
_PART_END = re.compile(r"[,;:()–—]| - |(?<!ahead) (?:e|mas|porem|and|but|pero|y|entao|so) ")
_SURELY_TAG = re.compile(r"^\W*(?:certo|correto|e isso|isso|ne|nao e|right|correct|isn't it|verdad|confere)\W*$")
_YES_IN_SPANISH = re.compile(r"\bsí\b")
_QUOTED = re.compile(r"[\"“«‘']([^\"”»’']{3,200})[\"”»’']")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A clause in its parts, as spoken and folded; from ``conditional_from`` on, what follows a part stands on a condition."""

    spoken: Sequence[str]
    folded: Sequence[str]
    asked: bool
    conditional_from: int


def claims_deed(clause: str, facts: ReplyFacts) -> bool:
    """Whether this sentence says that something was done which only a person or another system could have done."""
    sentence = _sentence(_YES_IN_SPANISH.sub("ok", _without_quotes(clause.casefold(), facts.lead_text)), clause)
    for place in range(len(sentence.spoken)):
        # Who said it is asked last: this looks through all that stands before.
        if _claimed(sentence, place, facts) and not _said_by_lead(sentence, place):
            return not _done_by_team(clause, facts)
    return False


def _sentence(spoken: str, clause: str) -> _Sentence:
    parts = [part.strip() for part in _PART_END.split(spoken)]
    folded = [fold(part) for part in parts]
    conditional_from = next((place for place, part in enumerate(folded) if _OPENS_CONDITION.match(part)), len(parts))
    return _Sentence(parts, folded, clause.endswith("?"), conditional_from)


def _said_by_lead(sentence: _Sentence, place: int) -> bool:
    return bool(_SAID_BY_LEAD.search(" ".join(sentence.folded[: place + 1])))


def _claimed(sentence: _Sentence, place: int, facts: ReplyFacts) -> bool:
    folded = sentence.folded[place]
    asked_here = sentence.asked and place == len(sentence.folded) - 1
    for start in _by_me(sentence.spoken[place], folded):
        if not asked_here and not _NOT.search(folded[:start]) and not _CONDITION.search(folded[:start]):
            return True
    if asked_here or (sentence.asked and _SURELY_TAG.match(sentence.folded[-1])):
        return False
    on_condition = sentence.conditional_from < place
    return any(not (on_condition or _granted(state, facts)) for state in _states(folded))


def _by_me(part: str, folded: str) -> Iterator[int]:
    for pattern, text in ((_DONE_BY_ME, folded), (_DONE_BY_ME_ACCENTED, part), (_HOLDING, folded)):
        yield from (found.start() for found in pattern.finditer(text))


def _states(folded: str) -> Iterator[re.Match[str]]:
    for pattern in (_STATE, _OWN_STATE, _BARE_STATE, _DATED):
        yield from pattern.finditer(folded)


def _granted(state: re.Match[str], facts: ReplyFacts) -> bool:
    """Whether a state of things may be spoken of: denied, on a condition, as a possibility, or as a fact of the business."""
    folded = state.string
    if _CONDITION.search(folded):
        return True
    if _NOT.search(folded[: state.end()]) or _MODAL.search(folded[: state.start()]):
        return True
    if _YOURS.search(folded):
        return False
    return bool(_BY_PEOPLE.search(folded)) or supports(facts.known_text, _PARTICIPLE, folded)


def _done_by_team(clause: str, facts: ReplyFacts) -> bool:
    return bool(facts.team_text) and supports(facts.team_text, _ANY_DEED, clause)


def _without_quotes(spoken: str, lead_text: str) -> str:
    """Without the lead's own words where they are quoted."""
    said = fold(lead_text)
    return _QUOTED.sub(lambda quote: " " if fold(quote.group(1)) in said else quote.group(), spoken)
