"""A business with a long past, beside a smaller one: leads, conversations, what was said, what became of it, what it cost."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from app.bench.corpus import ACCOUNT_KEY
from core.domain.conversation import Role
from core.domain.ids import uuid7
from core.domain.scoring import DEFAULT_STAGES

NAMES: Final = (
    "Ana", "Antônio", "Beatriz", "Bruno", "Caíque", "Carla", "Cecília", "Cláudio", "Débora", "Diego", "Élida", "Érica",
    "Fábio", "Fernanda", "Flávia", "Gabriel", "Heloísa", "Inácio", "Íris", "João", "José", "Júlia", "Laís", "Letícia",
    "Lúcia", "Luís", "Márcia", "Mariana", "Mateus", "Mônica", "Natália", "Otávio", "Patrícia", "Renê", "Rogério", "Sérgio",
    "Sônia", "Tânia", "Thaís", "Vânia", "Vinícius", "Zélia",
)  # fmt: skip
SURNAMES: Final = (
    "Almeida", "Andrade", "Araújo", "Assunção", "Barros", "Brandão", "Cardoso", "Carvalho", "Conceição", "Costa", "Duarte",
    "Falcão", "Fernandes", "Ferreira", "Gomes", "Gonçalves", "Guimarães", "Lima", "Macêdo", "Magalhães", "Martins", "Melo",
    "Mendonça", "Moraes", "Nóbrega", "Oliveira", "Paixão", "Pereira", "Queirós", "Ramalho", "Ribeiro", "Rocha", "Santos",
    "Silva", "Souza", "Tavares", "Teixeira", "Vasconcelos", "Vieira", "Xavier",
)  # fmt: skip
WORDS: Final = [
    "avaliação",
    "preço",
    "horário",
    "amanhã",
    "sábado",
    "manhã",
    "tarde",
    "noite",
    "plano",
    "mensal",
    "anual",
    "desconto",
    "cartão",
    "boleto",
    "pix",
    "aula",
    "pilates",
    "ioga",
    "nutrição",
    "joelho",
    "coluna",
    "ombro",
    "lombar",
    "gestante",
    "criança",
    "idoso",
    "turma",
    "vaga",
    "professor",
    "sala",
    "estacionamento",
    "endereço",
    "bairro",
    "ônibus",
    "metrô",
    "reserva",
    "cancelar",
    "remarcar",
    "confirmar",
    "matrícula",
    "contrato",
    "documento",
    "foto",
    "exame",
    "médico",
    "atestado",
    "retorno",
    "sessão",
    "pacote",
    "promoção",
    "indicação",
    "amiga",
    "mãe",
    "filho",
    "filha",
    "marido",
    "esposa",
    "trabalho",
    "viagem",
    "férias",
    "feriado",
    "semana",
    "mês",
    "ano",
    "quanto",
    "quando",
    "onde",
    "como",
    "qual",
    "quem",
    "porque",
    "também",
    "ainda",
    "depois",
    "antes",
    "agora",
    "sempre",
    "nunca",
    "talvez",
    "claro",
    "certo",
    "combinado",
    "obrigada",
    "obrigado",
    "oi",
    "olá",
    "bom",
    "dia",
    "boa",
    "por",
    "favor",
    "gostaria",
    "preciso",
    "quero",
    "posso",
    "pode",
    "tem",
    "faz",
    "fica",
    "custa",
    "começa",
    "termina",
]
RARE: Final = "hidroginástica"
"""Somebody speaks of it here and there."""
MEMBERS: Final = (("Gestora", Role.MANAGER), ("Atendente", Role.ATTENDANT), ("Colega", Role.ATTENDANT))


@dataclass(frozen=True, slots=True)
class Past:
    """How much of it there is."""

    leads: int
    messages: int = 8
    """In each conversation."""


_LEADS: Final = """
INSERT INTO leads (id, tenant_id, name, phone, stage_key, score, source, tags, created_at)
SELECT uuid_v7(), $1, ($3::text[])[(1 + g % cardinality($3))::int] || ' ' || ($4::text[])[(1 + g / 7 % cardinality($4))::int],
       '55119' || (80000000 + g * 397 % 9999991), ($5::text[])[1 + (g * g % 1009 * cardinality($5) / 1009)::int], (g * 31 % 101)::int,
       CASE g % 5 WHEN 0 THEN '{"source_type": "ad", "headline": "Promo"}'::jsonb WHEN 1 THEN '{"source_type": "post"}' END,
       CASE WHEN g % 11 = 0 THEN '["vip"]'::jsonb WHEN g % 997 = 0 THEN '["raro"]' ELSE '[]' END,
       now() - make_interval(mins => (g * 7919 % 259200)::int)
FROM generate_series(1, $2::bigint) g"""
_CONVERSATIONS: Final = """
INSERT INTO conversations (id, tenant_id, lead_id, channel_account_id, status, reply_kind, reply_address, message_seq, inbound_seq,
                           answered_seq, assignee_id, last_inbound_at, last_activity_at, waiting_since, created_at, closed_at)
SELECT uuid_v7(), l.tenant_id, l.id, ($2::uuid[])[1 + l.score % 2], s.status, 'phone', l.phone, $4::int, $4 - 1, $4 - 1,
       CASE WHEN s.status = 'human' THEN ($3::uuid[])[1 + l.score % 3] END, l.created_at + s.lasted, l.created_at + s.lasted,
       CASE WHEN s.status = 'waiting_human' THEN l.created_at + s.lasted END, l.created_at,
       CASE WHEN s.status = 'closed' THEN l.created_at + s.lasted END
FROM leads l
CROSS JOIN LATERAL (SELECT CASE WHEN h < 50 THEN 'closed' WHEN h < 90 THEN 'ai' WHEN h < 99 THEN 'human' ELSE 'waiting_human' END AS status,
                           least(make_interval(mins => h * h), now() - l.created_at) AS lasted
                    FROM (SELECT abs(hashtext(l.id::text)) % 100 AS h) x) s
WHERE l.tenant_id = $1"""
_EARLIER: Final = """
INSERT INTO conversations (id, tenant_id, lead_id, channel_account_id, status, reply_kind, reply_address, message_seq, inbound_seq,
                           answered_seq, is_latest, last_inbound_at, last_activity_at, created_at, closed_at)
SELECT uuid_v7(), c.tenant_id, c.lead_id, c.channel_account_id, 'closed', 'phone', c.reply_address, $2::int, $2 - 1, $2 - 1, false,
       c.created_at - interval '9 days', c.created_at - interval '9 days', c.created_at - interval '10 days', c.created_at - interval '9 days'
FROM conversations c WHERE c.tenant_id = $1 AND abs(hashtext(c.lead_id::text)) % 10 = 3"""
_MESSAGES: Final = """
INSERT INTO messages (id, tenant_id, conversation_id, lead_id, channel_account_id, seq, direction, author, text, status, external_id, created_at)
SELECT uuid_v7(), c.tenant_id, c.id, c.lead_id, c.channel_account_id, g, CASE WHEN g % 2 = 1 THEN 'in' ELSE 'out' END,
       CASE WHEN g % 2 = 1 THEN 'lead' WHEN c.status = 'human' AND g > 4 THEN 'attendant' ELSE 'ai' END,
       (SELECT string_agg(($2::text[])[1 + abs(hashtext(c.id::text || g || w)) % cardinality($2)], ' ') FROM generate_series(1, 9) w)
           || CASE WHEN g = 3 AND abs(hashtext(c.id::text)) % 400 = 0 THEN ' ' || $3 ELSE '' END,
       CASE WHEN g % 2 = 1 THEN 'received' ELSE 'read' END, 'past.' || c.id || '.' || g,
       c.created_at + (g - 1) * interval '20 seconds'
FROM conversations c, generate_series(1, c.message_seq) g WHERE c.tenant_id = $1"""
_HAND_OFFS: Final = """
INSERT INTO hand_offs (id, tenant_id, conversation_id, lead_id, reason, claimed_by, claimed_at, created_at)
SELECT uuid_v7(), c.tenant_id, c.id, c.lead_id, (ARRAY['lead_asked', 'hot_lead', 'low_confidence'])[1 + x.h % 3], c.assignee_id,
       CASE WHEN c.assignee_id IS NOT NULL OR x.h % 2 = 0 THEN c.created_at + interval '3 minutes' END, c.created_at + interval '2 minutes'
FROM conversations c, LATERAL (SELECT abs(hashtext(c.id::text)) AS h) x
WHERE c.tenant_id = $1 AND (c.status IN ('human', 'waiting_human') OR x.h % 10 = 0)"""
_CALLS: Final = """
INSERT INTO ai_calls (id, tenant_id, conversation_id, purpose, model, latency_ms, outcome, cost_micros, created_at)
SELECT uuid_v7(), m.tenant_id, m.conversation_id, 'answer', 'bench', 900, 'end_turn', 2100, m.created_at
FROM messages m WHERE m.tenant_id = $1 AND m.author = 'ai'"""
_MONTHS: Final = """
INSERT INTO usage_months (id, tenant_id, month, ai_cost_micros)
SELECT uuid_v7(), $1, date_trunc('month', k.created_at AT TIME ZONE t.timezone)::date, sum(k.cost_micros)
FROM ai_calls k JOIN tenants t ON t.id = k.tenant_id WHERE k.tenant_id = $1 GROUP BY 3"""
_CHANGES: Final = """
WITH scored AS (
    INSERT INTO score_changes (id, tenant_id, lead_id, before, after, reason, created_at)
    SELECT uuid_v7(), l.tenant_id, l.id, 0, l.score, 'asked', l.created_at FROM leads l WHERE l.tenant_id = $1)
INSERT INTO stage_changes (id, tenant_id, lead_id, before, after, reason, created_at)
SELECT uuid_v7(), l.tenant_id, l.id, 'new', l.stage_key, 'score', l.created_at FROM leads l WHERE l.tenant_id = $1 AND l.stage_key <> 'new'"""
_DIGESTS: Final = "SELECT count(write_digest(c.tenant_id, c.id)) FROM conversations c WHERE c.tenant_id = $1"
_MARKS: Final = "INSERT INTO digest_marks (id, tenant_id, upto) VALUES (uuid_v7(), $1, now() - interval '10 minutes')"


async def seed_past(connection: asyncpg.Connection, slug: str, past: Past, *, first_user: int) -> UUID:
    """Make one business with its past, over a connection that sees past row-level security; gives its id."""
    tenant = uuid7()
    await connection.execute("INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $2)", tenant, slug)
    await connection.executemany(
        "INSERT INTO stages (id, tenant_id, key, name, position, min_score, outcome) VALUES (uuid_v7(), $1, $2, $2, $3, $4, $5)",
        [(tenant, one.key, one.position, one.min_score, one.outcome) for one in DEFAULT_STAGES],
    )
    accounts = [await _account(connection, tenant, channel) for channel in ("meta_whatsapp", "instagram")]
    members = [
        await connection.fetchval(
            "INSERT INTO members (id, tenant_id, telegram_user_id, name, role) VALUES (uuid_v7(), $1, $2, $3, $4) RETURNING id",
            tenant, first_user + number, name, role.value,
        )
        for number, (name, role) in enumerate(MEMBERS)
    ]  # fmt: skip
    stages = [one.key for one in DEFAULT_STAGES]
    await connection.execute(_LEADS, tenant, past.leads, NAMES, SURNAMES, stages)
    await connection.execute("ANALYZE leads")
    # The trigger would look for each one's earlier conversation in a table that the planner still believes to be empty.
    await connection.execute("ALTER TABLE conversations DISABLE TRIGGER one_is_the_latest")
    await connection.execute(_CONVERSATIONS, tenant, accounts, members, past.messages)
    await connection.execute(_EARLIER, tenant, past.messages)
    await connection.execute("ALTER TABLE conversations ENABLE TRIGGER one_is_the_latest")
    await connection.execute(_MESSAGES, tenant, WORDS, RARE)
    for statement in (_HAND_OFFS, _CALLS, _MONTHS, _CHANGES, _MARKS):
        await connection.execute(statement, tenant)
    await connection.execute("ANALYZE")  # else each digest would be looked for in whole tables
    await connection.fetchval(_DIGESTS, tenant)
    return tenant


async def _account(connection: asyncpg.Connection, tenant: UUID, channel: str) -> UUID:
    """An account that nothing is ever sent through."""
    credentials = await connection.fetchval(
        "INSERT INTO credential_sets (id, account_key, channel, sealed) VALUES (uuid_v7(), $1, $2, '') RETURNING id",
        f"{ACCOUNT_KEY}-{tenant}-{channel}",
        channel,
    )
    made: UUID = await connection.fetchval(
        "INSERT INTO channel_accounts (id, tenant_id, credential_set_id, channel, external_id, sealed)"
        " VALUES (uuid_v7(), $1, $2, $3, $4, '') RETURNING id",
        tenant,
        credentials,
        channel,
        f"{tenant}-{channel}",
    )
    return made
