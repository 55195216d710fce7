"""What the businesses of a benchmark are about: the facts in their prompts, and what leads ask and are answered."""

from dataclasses import dataclass
from itertools import product
from typing import Final

import asyncpg
import orjson

from app.demo import DEMO
from core.domain.scoring import DEFAULT_STAGES

_SERVICES: Final = ("pilates solo", "RPG", "acupuntura", "drenagem linfática", "liberação miofascial", "quiropraxia")
_ASKED: Final = (
    ("Quanto tempo dura a sessão de {}?", "A sessão de {} dura 50 minutos, com hora marcada."),
    ("Quem atende em {}?", "Em {} atendem profissionais formados, um por pessoa, em sala reservada."),
    ("O que levo para {}?", "Para {} venha com roupa confortável; toalha e água ficam por nossa conta."),
    ("{} tem contraindicação?", "Quem atende em {} pergunta sobre a sua saúde na avaliação e orienta você."),
)
KNOWLEDGE: Final = DEMO.knowledge + tuple(
    (question.format(service), answer.format(service)) for service, (question, answer) in product(_SERVICES, _ASKED)
)


@dataclass(frozen=True, slots=True)
class Topic:
    """What a lead writes, and what he is answered: words that every check lets pass."""

    asked: str
    answered: str


TOPICS: Final = tuple(
    Topic(f"Oi! {question} Obrigada", f"Olá! {answer} Posso ajudar com mais alguma coisa?")
    for question, answer in KNOWLEDGE[:6]
)


async def describe(connection: asyncpg.Connection) -> None:
    """Give every tenant settings, stages and knowledge, and no pause before a turn is due."""
    await connection.execute(
        "UPDATE tenants SET settings = $1, debounce_seconds = 0", orjson.dumps(DEMO.settings).decode()
    )
    stages = [(stage.key, stage.position, stage.min_score, stage.outcome) for stage in DEFAULT_STAGES]
    await connection.executemany(
        "INSERT INTO stages (id, tenant_id, key, name, position, min_score, outcome)"
        " SELECT uuid_v7(), id, $1, $1, $2, $3, $4 FROM tenants",
        stages,
    )
    await connection.executemany(
        "INSERT INTO knowledge_entries (id, tenant_id, title, content, updated_at)"
        " SELECT uuid_v7(), id, $1, $2, now() FROM tenants",
        KNOWLEDGE,
    )
