"""The plainest orders as they read with every separator gone, so that no spacing or punctuation hides them."""

import re
from functools import cache

from pipeline.rules.rule import Rule

_PATTERNS = (
    r"(?:ignor[ea]|esquec[ae]|desconsider[ea]|disregard|forget|override|bypass)(?:todas?|todos|tudo|all|any|as|os|suas?|tuas?|your|the|my|previous|prior|anteriores){0,4}(?:instruc|instruct|regras|diretri|orientac|rules|guideline|prompt)",
    r"ignore(?:all)?(?:the)?previous|ignoretudoacima|ignoreeverything",
    r"(?:mostr[ea]|revel[ea]|show|reveal|print|exib[ae]|diga)(?:me|seu|o|your|the|teu|all|us){0,3}(?:prompt|system(?:prompt|message))",
    r"(?:pass[ea]|mostr[ea]|list[ea]|envi[ea]|exib[ae])(?:me|os|as|a|lista|todos){0,3}dados(?:pessoais|dos|de){1,3}(?:outros|todos|clientes)",
    r"(?:respond[ae]|act|fal[ae]|answer)(?:sem|without|with)(?:nenhuma|any|no|qualquer)?(?:restric|filtro|restrict|filter|limit)",
    r"promptdesistema|promptdosistema|doanythingnow|modod(?:esenvolvedor|eus)ativ|developermode",
    r"(?:confirm[ea]|apli(?:que|ca)|liber[ea])(?:um|o|me)?descontode(?:[89]\d|100)",
)


@cache
def run_together_rules() -> tuple[Rule, ...]:
    """Return the rules that match a text without separators; a hit is an obfuscation by itself."""
    return tuple(Rule("obfuscation.run_together", re.compile(pattern), certain=True) for pattern in _PATTERNS)
