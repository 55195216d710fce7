"""The shops' teams in Telegram: who is there, where they work, and how their database rows come about."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import asyncpg

from app.embedded.keeping import LOOPBACK
from core.domain.ids import uuid7
from tests.acceptance.faults.servers import SHOPS, Shop

BOT_TOKEN: Final = "7001:AAE-bot-of-the-experiments"
BOT_ID: Final = int(BOT_TOKEN.partition(":")[0])
MATES: Final = 3
"""Members of each team."""
_MATE_IDS: Final = 5_300_000_000
_FORUM_IDS: Final = -1_001_000_000_000
_OF_A_SHOP: Final = 100
_INBOXES: Final = ("group", "private", "both")
"""The first team works in its group, the second in private chats, the third in both."""


@dataclass(frozen=True, slots=True)
class Mate:
    """A member of a shop's team, by the place in it."""

    shop: int
    place: int

    @property
    def id(self) -> int:
        """The Telegram user."""
        return _MATE_IDS + self.shop * _OF_A_SHOP + self.place

    @property
    def name(self) -> str:
        """What the team calls this one."""
        return f"Colega{self.shop}{self.place}"

    @property
    def has_private_chat(self) -> bool:
        """Whether the bot may write there."""
        return _INBOXES[self.shop] != "group"

    @property
    def has_group(self) -> bool:
        """Whether the team works in its group."""
        return _INBOXES[self.shop] != "private"


def mates_of(shop: int) -> list[Mate]:
    """A shop's team."""
    return [Mate(shop, place) for place in range(MATES)]


def forum_of(shop: int) -> int:
    """The chat id of a team's group."""
    return _FORUM_IDS - shop


def shop_of_chat(chat_id: int) -> int:
    """Whose chat that is."""
    return (chat_id - _MATE_IDS) // _OF_A_SHOP if chat_id > 0 else _FORUM_IDS - chat_id


def telegram_config(*, quotas: bool) -> dict[str, Any]:
    """The emulator's part of it: the bot leads every group."""
    mates = [mate for shop in SHOPS for mate in mates_of(shop.index)]
    users = [{"id": mate.id, "first_name": mate.name, "language_code": "pt-br"} for mate in mates]
    settings = {"quotas": quotas, "retry_max_ms": 1000, "webhook_timeout_s": 10}
    bot = {"token": BOT_TOKEN, "first_name": "Reveza", "username": "reveza_bot"}
    return {"bots": [bot], "users": users, "groups": list(_groups()), "settings": settings}


def _groups() -> Iterator[dict[str, Any]]:
    for shop in SHOPS:
        members = [mate.id for mate in mates_of(shop.index)]
        forum = {"id": forum_of(shop.index), "title": f"Equipe {shop.index}", "is_forum": True}
        yield {**forum, "members": members, "admins": [BOT_ID]}


async def seat_the_teams(database_url: str, telegram_url: str, *, restless: bool) -> None:
    """Members and chats of every shop, over a superuser's connection. ``restless``: see ``_RESTLESS``."""
    await _open_private_chats(telegram_url)
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(_SHORT_LEASES)
        if restless:
            await connection.execute(_RESTLESS)
        for shop in SHOPS:
            await _seat(connection, shop)
    finally:
        await connection.close()


async def _open_private_chats(telegram_url: str) -> None:
    """A bot cannot write first."""
    async with aiohttp.ClientSession() as session:
        for mate in (one for shop in SHOPS for one in mates_of(shop.index) if one.has_private_chat):
            body = {"user_id": mate.id, "bot_id": BOT_ID}
            async with session.post(f"{telegram_url}/_sandbox/start", json=body) as answer:
                answer.raise_for_status()


async def _seat(connection: asyncpg.Connection, shop: Shop) -> None:
    inbox = _INBOXES[shop.index]
    tenant_id = await connection.fetchval(_INBOX, shop.slug, inbox)
    if mates_of(shop.index)[0].has_group:
        await connection.execute(_CHAT, uuid7(), tenant_id, BOT_ID, forum_of(shop.index), "group", None)
    for mate in mates_of(shop.index):
        member_id = uuid7()
        await connection.execute(_MEMBER, member_id, tenant_id, mate.id, mate.name)
        if mate.has_private_chat:
            await connection.execute(_CHAT, uuid7(), tenant_id, BOT_ID, mate.id, "private", member_id)


def webhook_url(port: str) -> str:
    """Where Telegram brings updates: to one of the web processes."""
    return f"http://{LOOPBACK}:{port}"


_INBOX: Final = """
UPDATE tenants SET settings = settings || jsonb_build_object('inbox', $2::text) WHERE slug = $1 RETURNING id"""
_MEMBER: Final = (
    "INSERT INTO members (id, tenant_id, telegram_user_id, name, role) VALUES ($1, $2, $3, $4, 'attendant')"
)
_CHAT: Final = """
INSERT INTO telegram_chats (id, tenant_id, bot_id, chat_id, kind, member_id) VALUES ($1, $2, $3, $4, $5, $6)"""

_SHORT_LEASES: Final = """
CREATE FUNCTION short_lease() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.lease_until := LEAST(NEW.lease_until, now() + interval '8 seconds');
    RETURN NEW;
END $$;
CREATE TRIGGER short_lease BEFORE UPDATE OF lease_until ON telegram_updates
FOR EACH ROW WHEN (NEW.lease_until IS NOT NULL) EXECUTE FUNCTION short_lease();
CREATE TRIGGER short_lease BEFORE UPDATE OF lease_until ON telegram_chats
FOR EACH ROW WHEN (NEW.lease_until IS NOT NULL) EXECUTE FUNCTION short_lease()"""
"""The leases of turns and sends are settings; these are not, and an experiment cannot wait a minute for each kill."""

_RESTLESS: Final = """
CREATE FUNCTION restless() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.tokens < CASE NEW.kind WHEN 'group' THEN 8 ELSE 20 END) THEN
        NEW.next_at := now();
    END IF;
    NEW.tokens := 1000;
    RETURN NEW;
END $$;
CREATE TRIGGER restless BEFORE UPDATE OF tokens ON telegram_chats FOR EACH ROW EXECUTE FUNCTION restless()"""
"""No chat is spared for the messages it was just sent (a 429 is still heeded): what a day's work would be passes in
seconds. Telegram's own pace is kept in the experiment in which it is in trouble."""
