"""Finds in a reply what the business never said: prices, discounts, instalments, deadlines, guarantees, deeds."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import combinations

from pipeline.amounts import durations, instalments, money, percents, written_prices
from pipeline.deeds import claims_deed
from pipeline.normalise import fold
from pipeline.reply_facts import ReplyFacts, clauses, known_clauses, known_topics, stems, supports

_CENT = Decimal("0.02")
_THOUSAND = 1000
_MOST_SUMMANDS = 4
_REFUSAL = re.compile(r"\b(?:nao|nem|nunca|sem|infelizmente|not|cannot|can't|don't|unfortunately|ningun\w*)\b")
_HEDGE = re.compile(r"\b(?:nao|nenhum\w*|sem garantia|depende\w*|not|never|cannot|can't|sujeit[oa]|analise|varia)\b")
_FREE = re.compile(
    r"\b(?:gratis|gratuit\w*|de graca|free|cortesia|brinde|isent\w*|(?:sem|nao tem|zero) (?:custo|taxa|multa|tarifa)|por nossa conta|bonus|sem custo)\b"
)
_NO_INTEREST = re.compile(r"\b(?:sem juros|juros zero|interest[- ]free|sin interes\w*)\b")
_GUARANTEE = re.compile(
    r"\b(?:garant\w+|guarantee\w*|100 ?%|sem (?:nenhum )?risco|risco zero|risk[- ]free|com certeza (?:voce|vai)|certeza absoluta|prometo|promise"
    r"|pode (?:assinar|ficar|confiar) tranquil\w+|(?:voce|vc) vai (?:passar|ganhar|conseguir|emagrecer)|que eles pagam|vitalici\w+|ganhamos? (?:com certeza|sempre))"
)
_APPROVED = re.compile(
    r"\b(?:ja esta|esta|foi|ficou|ja foi|vai ser|sera|is|already)(?: \w+)? (?:pre ?)?(?:aprovad|liberad|approved)"
)
_CONDITIONAL = re.compile(
    r"\b(?:quando|assim que|depois (?:de|que)|apos|se|caso|quer|posso|podemos|pode|nao|ainda nao|once|when|if|would|peca|pedir)\b"
)
_NEAR = re.compile(
    r"\b(?:entreg\w+|chega\w*|fica\w* pront\w+|resolv\w+|aprov\w+|te (?:ligo|retorno|respondo)|(?:vai|vou|vamos|ira|iremos|will) (?:te |lhe |call )?(?:ligar|retornar|responder|entregar|enviar|buscar|visitar|mandar)?)\b"
    r".{0,40}?\b(?:hoje|amanha|ate (?:segunda|terca|quarta|quinta|sexta|sabado|domingo|o fim d\w+)|as \d{1,2} ?(?:h|:|hs)|em ponto|na hora|imediat\w+|today|tomorrow|agora mesmo)"
)
_CREDENTIAL = re.compile(
    r"\b(?:reconhecid|certificad|credenciad|homologad|acreditad|aceit)[oa]s? (?:pel[oa]s?|no mundo|em todo|internacional\w*|mundialmente|by|worldwide)|melhor d[oa] (?:brasil|cidade|mundo|regiao)"
)
_SECURITY = re.compile(
    r"\b(?:com (?:total )?seguranca|totalmente segur[oa]|sigilo (?:total|absoluto|garantido)|criptografad\w+)\b"
)


@dataclass(frozen=True, slots=True)
class KnownSums:
    """The figures of a text that replies are compared with."""

    prices: frozenset[Decimal]
    rates: frozenset[Decimal]
    instalments: frozenset[int]
    spans: frozenset[tuple[int, str]]


@lru_cache(maxsize=64)
def known_sums(text: str) -> KnownSums:
    """Return the figures of a tenant's facts or of what a lead said."""
    return KnownSums(
        prices=frozenset(written_prices(text)),
        rates=frozenset(rate for rate, _ in percents(text)),
        instalments=frozenset(instalments(text)),
        spans=frozenset(durations(text)),
    )


def over_promises(reply: str, facts: ReplyFacts) -> Iterator[str]:
    """Yield a code for each kind of promise in ``reply`` that the tenant's facts do not hold."""
    if any(_foreign_prices(reply, facts)):
        yield "over_promise.price"
    for clause in dict.fromkeys(clauses(reply)):
        yield from _of_clause(clause, facts)


def _of_clause(clause: str, facts: ReplyFacts) -> Iterator[str]:
    folded = fold(clause)
    if _foreign_percent(clause, folded, facts):
        yield "over_promise.discount"
    if _foreign_instalments(clause, folded, facts):
        yield "over_promise.instalments"
    if _foreign_duration(clause, folded, facts) or (_NEAR.search(folded) and not _conditional(folded)):
        yield "over_promise.deadline"
    if _unsupported(_FREE, clause, folded, facts):
        yield "over_promise.free"
    if _unsupported(_GUARANTEE, clause, folded, facts) or (_APPROVED.search(folded) and not _conditional(folded)):
        yield "over_promise.guarantee"
    if _unsupported(_CREDENTIAL, clause, folded, facts) or _unsupported(_SECURITY, clause, folded, facts):
        yield "over_promise.condition"
    if claims_deed(clause, facts):
        yield "over_promise.action"


def _unsupported(claim: re.Pattern[str], clause: str, folded: str, facts: ReplyFacts) -> bool:
    if not claim.search(folded) or supports(facts.known_text, claim, clause):
        return False
    return not _HEDGE.search(claim.sub(" ", folded))


def _conditional(folded: str) -> bool:
    return bool(_CONDITIONAL.search(folded))


def _foreign_prices(reply: str, facts: ReplyFacts) -> Iterator[Decimal]:
    known = known_sums(facts.known_text).prices
    quoted = {each.value for each in money(reply)}
    derived = _derived(known, quoted, facts.known_text, set(instalments(reply)))
    allowed = sorted(known | derived)
    proposed = sorted({*allowed, *_lead_sums(facts.lead_text)})
    for clause in dict.fromkeys(clauses(reply)):
        said = money(clause)
        among = proposed if said and _REFUSAL.search(fold(clause)) else allowed
        yield from (each.value for each in said if not _is_near(each.value, among))


def _is_near(value: Decimal, ordered: Sequence[Decimal]) -> bool:
    place = bisect_left(ordered, value - _CENT)
    return place < len(ordered) and ordered[place] <= value + _CENT


def _lead_sums(lead_text: str) -> set[Decimal]:
    """Return what the lead may have proposed: bare numbers too, and thousands said short ("por 98?")."""
    figures = {Decimal(found) for found in re.findall(r"\d{1,9}", re.sub(r"(?<=\d)\.(?=\d{3})", "", lead_text))}
    return figures | {value * _THOUSAND for value in figures} | {each.value for each in money(lead_text)}


def _derived(known: frozenset[Decimal], quoted: set[Decimal], known_text: str, counts: set[int]) -> set[Decimal]:
    """Return what plain arithmetic makes of known prices: a discount, an instalment, the sum of those quoted."""
    rates, offered = known_sums(known_text).rates, known_sums(known_text).instalments
    most = max(offered, default=1)
    discounted = {price * (100 - rate) / 100 for price in known for rate in rates}
    cuts = {price * rate / 100 for price in known for rate in rates}
    parts = {price / count for price in known | discounted for count in counts if 1 < count <= most}
    totals = {price * count for price in known for count in offered}
    named = sorted(quoted & known)[:8]
    sums = {sum(group, Decimal(0)) for size in range(2, _MOST_SUMMANDS + 1) for group in combinations(named, size)}
    return discounted | cuts | parts | totals | sums


def _foreign_percent(clause: str, folded: str, facts: ReplyFacts) -> bool:
    foreign = {rate for rate, _ in percents(clause)} - known_sums(facts.known_text).rates
    if foreign and _REFUSAL.search(folded):
        foreign -= known_sums(facts.lead_text).rates
    return bool(foreign)


def _foreign_instalments(clause: str, folded: str, facts: ReplyFacts) -> bool:
    most = max(known_sums(facts.known_text).instalments, default=1)
    refused = _REFUSAL.search(_NO_INTEREST.sub(" ", folded))
    if any(count > most for count in instalments(clause)) and not refused:
        return True
    if not _NO_INTEREST.search(folded) or refused:
        return False
    return not any(_NO_INTEREST.search(text) for text, _ in known_clauses(facts.known_text))


def _foreign_duration(clause: str, folded: str, facts: ReplyFacts) -> bool:
    spans = set(durations(clause))
    if not spans or folded.endswith("?"):
        return False
    return any(not _known_span(span, clause, facts) for span in spans - known_sums(facts.lead_text).spans)


def _known_span(span: tuple[int, str], clause: str, facts: ReplyFacts) -> bool:
    """Whether the facts name this span, and of the same thing where the clause names a thing at all."""
    spoken_of = stems(clause) & known_topics(facts.known_text)
    found = [about for spans, about in _known_spans(facts.known_text) if span in spans]
    return any(not spoken_of or spoken_of & about for about in found)


@lru_cache(maxsize=64)
def _known_spans(known_text: str) -> tuple[tuple[frozenset[tuple[int, str]], frozenset[str]], ...]:
    found = ((frozenset(durations(text)), about) for text, about in known_clauses(known_text))
    return tuple((spans, about) for spans, about in found if spans)
