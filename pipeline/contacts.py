"""Finds links, phones, e-mails and taxpayer numbers that are neither the business's nor the lead's own."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from pipeline.normalise import clean, fold
from pipeline.reply_facts import ReplyFacts

_DOMAINS: Final = "com|net|org|br|io|me|ly|app|link|site|online|shop|store|example|info|co|ai|dev|gg|xyz|to|club|live|page|be|us|pt|es|ar|click|top"
_LINK = re.compile(
    rf"(?:https?://|www\.)(?P<host>[\w.-]+)|(?<![\w@.-])(?P<bare>(?:[\w-]++\.)+(?:{_DOMAINS}))(?![\w@])(?:/\S*)?",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.,])\+?(?:\d{1,3}[\s.-]?)?(?:\(\d{2,3}\)|\d{2})?[\s.-]?\d{4,5}[\s.-]?\d{4}(?![\w,]|\.\d)")
_CPF = re.compile(r"(?<!\d)\d{3}\.?\d{3}\.?\d{3}-?\d{2}(?!\d)|(?<!\d)\d{2}\.?\d{3}\.?\d{3}/\d{4}-?\d{2}(?!\d)")
_HOME = re.compile(
    r"\b(?:mora|reside|vive|lives) (?:na|no|em|at|in|on|ali)\b|\b(?:celular|telefone|numero|whatsapp|endereco) (?:pessoal|particular|dela|dele)\b"
)
_ENOUGH_DIGITS = 8


def foreign_contacts(reply: str, facts: ReplyFacts) -> Iterator[str]:
    """Yield ``foreign.link``, ``foreign.phone``, ``foreign.email`` or ``foreign.document`` for what nobody gave us."""
    text = clean(reply)
    without_mail = _EMAIL.sub(" ", text)
    if not all(_is_ours(host, facts.known_text) for host in set(_hosts(without_mail))):
        yield "foreign.link"
    mails = set(_EMAIL.findall(text.casefold()))
    if mails and not mails <= set(_EMAIL.findall(_own(facts).casefold())):
        yield "foreign.email"
    documents = {_digits(found) for found in _CPF.findall(text)}
    phones = {_digits(found)[-_ENOUGH_DIGITS:] for found in _PHONE.findall(_CPF.sub(" ", without_mail))}
    # Most replies hold none of these: the long texts are read for those that do.
    digits = _digits(_own(facts)) if documents or phones else ""
    if not all(document in digits for document in documents):
        yield "foreign.document"
    if not all(phone in digits for phone in phones):
        yield "foreign.phone"
    if _HOME.search(fold(text)):
        yield "pii.whereabouts"


def _own(facts: ReplyFacts) -> str:
    return f"{facts.known_text}\n{facts.lead_text}"


def _hosts(text: str) -> Iterator[str]:
    return (match.group("host") or match.group("bare") for match in _LINK.finditer(text))


def _is_ours(host: str, known_text: str) -> bool:
    name = host.casefold().removeprefix("www.").rstrip(".")
    return any(name == own or name.endswith(f".{own}") for own in _own_hosts(known_text))


@lru_cache(maxsize=64)
def _own_hosts(known_text: str) -> frozenset[str]:
    hosts = _hosts(_EMAIL.sub(" ", known_text))
    return frozenset(known.casefold().removeprefix("www.").rstrip(".") for known in hosts)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
