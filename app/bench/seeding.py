"""The business of a benchmark: tenants with leads who have written before, one Meta app for all of them."""

from collections.abc import Iterator
from typing import Any, Final

import asyncpg

from app.bench.business import TOPICS
from app.bench.corpus import ACCOUNT_KEY, APP_SECRET, account_number, known_phone
from core.domain.ids import uuid7
from core.domain.phone import match_key
from core.services.accounts import CREDENTIALS_COLUMN, SECRETS_COLUMN
from core.services.sealing import Sealer

MESSAGES_EACH: Final = 12
_COUNTED: Final = """
INSERT INTO lead_months (id, tenant_id, month, lead_id, first_message_id)
SELECT uuid_v7(), l.tenant_id, date_trunc('month', now() AT TIME ZONE t.timezone)::date, l.id, uuid_v7()
FROM leads l JOIN tenants t ON t.id = l.tenant_id"""
_USAGE: Final = """
INSERT INTO usage_months (id, tenant_id, month, leads)
SELECT uuid_v7(), tenant_id, month, count(*) FROM lead_months GROUP BY tenant_id, month"""
_CONVERSATIONS: Final = """
INSERT INTO conversations (id, tenant_id, lead_id, channel_account_id, reply_kind, reply_address, message_seq, inbound_seq,
                           answered_seq, last_inbound_at, last_activity_at)
SELECT uuid_v7(), l.tenant_id, l.id, a.id, 'phone', l.phone, $1, $1 - 1, $1 - 1, now() - interval '1 minute', now()
FROM leads l JOIN channel_accounts a ON a.tenant_id = l.tenant_id"""
_MESSAGES: Final = """
INSERT INTO messages (id, tenant_id, conversation_id, lead_id, channel_account_id, seq, direction, author, text, status,
                      external_id, created_at)
SELECT uuid_v7(), c.tenant_id, c.id, c.lead_id, c.channel_account_id, g,
       CASE WHEN g % 2 = 1 THEN 'in' ELSE 'out' END, CASE WHEN g % 2 = 1 THEN 'lead' ELSE 'ai' END,
       CASE WHEN g % 2 = 1 THEN ($2::text[])[1 + (g + 1) / 2 % cardinality($2)] ELSE ($3::text[])[1 + (g + 1) / 2 % cardinality($3)] END,
       CASE WHEN g % 2 = 1 THEN 'received' ELSE 'read' END, 'seed.' || c.id || '.' || g, now() - (($1 - g) || ' minutes')::interval
FROM conversations c, generate_series(1, $1) g"""


async def seed(connection: asyncpg.Connection, sealer: Sealer, *, tenants: int, leads: int) -> None:
    """Make the rows, over a connection that sees past row-level security."""
    credentials = uuid7()
    sealed = sealer.seal(
        {"app_secret": APP_SECRET, "verify_token": "bench"}, owner=credentials, column=CREDENTIALS_COLUMN
    )
    await connection.execute(
        "INSERT INTO credential_sets (id, account_key, channel, sealed) VALUES ($1, $2, 'meta_whatsapp', $3)",
        credentials,
        ACCOUNT_KEY,
        sealed,
    )
    for number in range(1, tenants + 1):
        tenant = uuid7()
        await connection.execute("INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $2)", tenant, f"bench-{number}")
        await connection.execute(
            "INSERT INTO channel_accounts (id, tenant_id, credential_set_id, channel, external_id, sealed)"
            " VALUES ($1, $2, $3, 'meta_whatsapp', $4, $5)",
            uuid7(),
            tenant,
            credentials,
            account_number(number),
            sealer.seal({"access_token": "bench"}, owner=tenant, column=SECRETS_COLUMN),
        )
        await _leads(connection, tenant, [known_phone(number, lead) for lead in range(1, leads + 1)])
    await connection.execute(_COUNTED)
    await connection.execute(_USAGE)
    await connection.execute(_CONVERSATIONS, MESSAGES_EACH)
    asked, answered = [topic.asked for topic in TOPICS], [topic.answered for topic in TOPICS]
    await connection.execute(_MESSAGES, MESSAGES_EACH, asked, answered)
    await connection.execute("VACUUM (ANALYZE)")


async def _leads(connection: asyncpg.Connection, tenant: Any, phones: list[str]) -> None:
    ids = [uuid7() for _ in phones]
    people = [(lead, tenant, f"Lead {phone}", phone) for lead, phone in zip(ids, phones, strict=True)]
    await connection.copy_records_to_table("leads", records=people, columns=["id", "tenant_id", "name", "phone"])
    names = ["id", "tenant_id", "lead_id", "kind", "match_key", "address"]
    await connection.copy_records_to_table(
        "contact_identities", records=list(_identities(tenant, ids, phones)), columns=names
    )


def _identities(tenant: Any, ids: list[Any], phones: list[str]) -> Iterator[tuple[Any, ...]]:
    for lead, phone in zip(ids, phones, strict=True):
        yield uuid7(), tenant, lead, "phone", match_key(phone), phone
