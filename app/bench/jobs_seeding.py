"""Many leads with a past, spread over the businesses that webhooks come in for: most of it lies two weeks back, some years.

Each was answered last. Of a hundred leads two last wrote before messages are kept, and one every two hundred before leads are;
every business writes to whoever has fallen silent.
"""

from typing import Final

import asyncpg

# Ids are ordered by time, also those of the past.
_ID_OF: Final = """
CREATE FUNCTION pg_temp.id_of(at timestamptz) RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT encode(overlay(uuid_send(uuid_v7())
        PLACING substring(int8send(floor(extract(epoch FROM at) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 'hex')::uuid
$$"""
_BUSINESSES: Final = """
UPDATE tenants SET settings = settings || '{"follow_up": {"is_on": true, "steps": [{"after_hours": 20, "text": "Ficou alguma dúvida?"}]}}'"""
_STAGES: Final = """
INSERT INTO stages (id, tenant_id, key, name, position, outcome)
SELECT uuid_v7(), t.id, 'new', 'New', 1, 'open' FROM tenants t ON CONFLICT DO NOTHING"""
_LEADS: Final = """
INSERT INTO leads (id, tenant_id, name, phone, stage_key, score, created_at)
SELECT pg_temp.id_of(p.at), t.ids[1 + g % cardinality(t.ids)], 'Past ' || g, '55119' || (80000000 + g), 'new', (g * 31 % 101)::int, p.at
FROM generate_series(1, $1::bigint) g, (SELECT array_agg(id) AS ids FROM tenants) t,
     LATERAL (SELECT now() - make_interval(days => CASE WHEN g / 200 % 50 = 0 THEN 800 WHEN g / 200 % 200 = 1 THEN 1900 ELSE 0 END,
                                           mins => (g * 7919 % 20160)::int) AS at) p"""
_CONVERSATIONS: Final = """
INSERT INTO conversations (id, tenant_id, lead_id, channel_account_id, status, reply_kind, reply_address, message_seq, inbound_seq,
                           answered_seq, last_inbound_at, last_activity_at, created_at)
SELECT l.id, l.tenant_id, l.id, a.id, CASE WHEN l.score % 10 = 3 THEN 'closed' ELSE 'ai' END, 'phone', l.phone, $1::int, $1 - 1, $1,
       l.created_at, l.created_at, l.created_at
FROM leads l JOIN channel_accounts a ON a.tenant_id = l.tenant_id WHERE l.name LIKE 'Past %'"""
_MESSAGES: Final = """
INSERT INTO messages (id, tenant_id, conversation_id, lead_id, channel_account_id, seq, direction, author, text, status, external_id, created_at)
SELECT pg_temp.id_of(c.created_at), c.tenant_id, c.id, c.lead_id, c.channel_account_id, g, said.direction, said.author, said.words, said.status,
       'past.' || c.id || '.' || g, c.created_at
FROM conversations c, generate_series(1, $1::int) g, LATERAL (
    SELECT 'in' AS direction, 'lead' AS author, 'Quanto custa o plano mensal?' AS words, 'received' AS status WHERE g < $1
    UNION ALL SELECT 'out', 'ai', 'São R$ 120,00 por mês.', 'sent' WHERE g = $1) said
WHERE c.id = c.lead_id"""


async def seed_leads(connection: asyncpg.Connection, leads: int, messages: int) -> None:
    """Make so many leads with so many messages each, over a superuser's connection."""
    # No trigger and no foreign key looks at what is made here right.
    await connection.execute("SET session_replication_role = replica")
    for statement in (_ID_OF, _BUSINESSES, _STAGES):
        await connection.execute(statement)
    await connection.execute(_LEADS, leads, timeout=1800)
    await connection.execute(_CONVERSATIONS, messages, timeout=1800)
    await connection.execute(_MESSAGES, messages, timeout=1800)
    await connection.execute("SET session_replication_role = origin")
    await connection.execute("VACUUM (ANALYZE) leads", timeout=1800)
    await connection.execute("VACUUM (ANALYZE) conversations", timeout=1800)
    await connection.execute("CHECKPOINT", timeout=600)
