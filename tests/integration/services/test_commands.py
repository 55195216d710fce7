"""``reveza demo-data`` and ``reveza dead-letters`` as an operator types them, on an installation of their own."""

import re
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from app.commands.dead_letters import dead_letters
from app.commands.demo_data import demo_data
from app.commands.tenants import tenants
from app.demo import SLUG
from app.emulated import EMULATORS_VARIABLE
from core.domain.errors import BadRequest, Conflict, NotFound
from core.domain.ids import uuid7
from core.services.sealing import Sealer
from tests.factories import Seeder
from tests.integration.services.installation import Installation
from tests.migrated import KEY


def buried(installed: Installation) -> UUID:
    """A message of the demo tenant that failed for good; its letter."""
    return UUID(str(installed.connected(_bury)))


async def _bury(connection: asyncpg.Connection) -> UUID:
    seed = Seeder(connection, Sealer([KEY]))
    business = await seed.business("failing")
    tenant = await connection.fetchval("SELECT id FROM tenants WHERE slug = $1", SLUG)
    lead = await seed.lead(tenant)
    account = await connection.fetchval("SELECT id FROM channel_accounts WHERE tenant_id = $1", tenant)
    conversation = await seed.insert(
        "conversations", tenant_id=tenant, lead_id=lead, channel_account_id=account, status="ai",
        reply_kind="phone", reply_address="5511988887777", last_activity_at=await connection.fetchval("SELECT now()"),
    )  # fmt: skip
    message = await seed.insert(
        "messages", tenant_id=tenant, conversation_id=conversation, lead_id=lead, channel_account_id=account, seq=1,
        direction="out", author="ai", purpose="answer", turn_id=uuid7(), status="failed", text="Olá",
    )  # fmt: skip
    assert business.tenant_id != tenant
    return await seed.insert(
        "dead_letters", tenant_id=tenant, kind="send", subject_id=message, error="send_failed (131026)", attempts=3
    )


def test_the_demo_tenant_can_work(installed: Installation) -> None:
    """Stages, knowledge, the emulated accounts bound, the emulated team in and its group linked."""
    tables = ("stages", "knowledge_entries", "channel_accounts", "credential_sets", "members", "telegram_chats")
    assert [installed.value(f"SELECT count(*) FROM {table}") for table in tables] == [6, 7, 3, 3, 3, 1]


def test_the_demo_tenant_is_made_once(installed: Installation) -> None:
    """Asked for again, it is left as it is."""
    again = installed.call(demo_data, "--if-empty")
    assert (again.exit_code, again.output) == (0, "demo tenant clinica-exemplo has everything: nothing done\n")
    assert installed.value("SELECT count(*) FROM tenants") == 1


def test_the_demo_tenant_gets_what_it_lacks(installed: Installation) -> None:
    """One that an earlier version made has one channel and no team; it is completed."""
    installed.run("DELETE FROM channel_accounts WHERE channel = 'instagram'")
    again = installed.call(demo_data, "--if-empty")
    assert (again.exit_code, again.output) == (0, "instagram connected\n")


def test_only_what_is_emulated_is_made(installed: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """With real ones in their place, no account is bound to an emulator that is not there."""
    installed.run("DELETE FROM channel_accounts WHERE channel = 'instagram'")
    monkeypatch.setenv(EMULATORS_VARIABLE, "meta,telegram")
    again = installed.call(demo_data, "--if-empty")
    assert again.output == "demo tenant clinica-exemplo has everything: nothing done\n"


def test_with_a_real_bot_somebody_is_asked_in(installed: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulated team is not in the real Telegram: the first admin gets a way in."""
    monkeypatch.setenv(EMULATORS_VARIABLE, "meta,zapi,instagram")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123456:AA-real")
    assert "write to your bot: /start " in installed.call(demo_data, "--if-empty").output


def test_another_tenant_is_left_alone(installed: Installation) -> None:
    """Where somebody works already, no demo is made beside him unless it is asked for."""
    installed.run("UPDATE tenants SET slug = 'padaria'")
    again = installed.call(demo_data, "--if-empty")
    assert (again.exit_code, again.output) == (0, "there is a tenant already: nothing done\n")


def test_letters_are_listed_retried_and_gone(installed: Installation) -> None:
    """What failed is shown with its error; retried, it is queued and listed no more."""
    letter = buried(installed)
    assert f"{letter}  " in installed.call(dead_letters, "list", SLUG).output
    assert installed.call(dead_letters, "retry", SLUG, letter).output == "queued again\n"
    assert installed.value("SELECT status FROM messages") == "queued"
    assert installed.call(dead_letters, "list", SLUG).output == "no open dead letters\n"


def test_a_letter_is_dropped(installed: Installation) -> None:
    """Nothing is sent, and the audit log says who did it."""
    letter = buried(installed)
    assert installed.call(dead_letters, "drop", SLUG, letter).output == "dropped\n"
    assert installed.value("SELECT status FROM messages") == "failed"
    assert installed.value("SELECT actor FROM audit_log WHERE action = 'dead_letter.dropped'") == "operator"


def test_another_tenants_letter_is_not_found(installed: Installation) -> None:
    """A letter is dealt with under its own tenant's name only, and the tenant's name must be one."""
    letter = buried(installed)
    assert isinstance(installed.call(dead_letters, "drop", "failing", letter).exception, NotFound)
    assert isinstance(installed.call(dead_letters, "list", "nobody").exception, NotFound)


def test_a_letter_is_an_id(installed: Installation) -> None:
    """A word that is none is refused with the usage."""
    assert installed.call(dead_letters, "retry", SLUG, "first").exit_code == 2


def test_a_tenant_is_made_from_a_file(installed: Installation, tmp_path: Path) -> None:
    """What the file says of the business is what its AI knows; the tenant is listed, and made once."""
    file = tmp_path / "empresa.json"
    file.write_text(
        '{"settings": {"business": "Fechamos aos domingos."}, "knowledge": [{"title": "Preço?", "content": "R$ 90,00"}]}'
    )
    made = installed.call(tenants, "create", "minha-empresa", "--name", "Minha Empresa", "--from", file)
    assert (made.exit_code, made.output[:6]) == (0, "made: ")
    assert installed.value("SELECT content FROM knowledge_entries WHERE title = 'Preço?'") == "R$ 90,00"
    assert installed.value("SELECT settings ->> 'business' FROM tenants WHERE slug = 'minha-empresa'") == (
        "Fechamos aos domingos."
    )
    assert "minha-empresa  active  starter  Minha Empresa\n" in installed.call(tenants, "list").output
    again = installed.call(tenants, "create", "minha-empresa", "--name", "Outra")
    assert isinstance(again.exception, Conflict)


def test_the_operator_lets_the_first_admin_in(installed: Installation) -> None:
    """A way in that nobody is named for; without a bot it is told what to write to one."""
    made = installed.call(tenants, "invite", SLUG)
    assert re.match(r"to be written to the bot: /start [\w-]{32}\nfor one admin, until \d{4}-", made.output)
    assert installed.value("SELECT role FROM invites WHERE created_by IS NULL AND used_at IS NULL") == "admin"
    assert isinstance(installed.call(tenants, "invite", "nobody").exception, NotFound)


@pytest.mark.parametrize(
    ("slug", "text", "named"),
    [
        ("Minha Empresa", "{}", "short name"),
        ("ok", '{"knowledge": [{"title": "Preço?"}]}', "knowledge.0.content"),
        ("ok", '{"setings": {}}', "setings"),
        ("ok", "no json", "the file"),
        ("ok", '{"settings": {"hand_off": {"waiting_minutes": "soon"}}}', "waiting_minutes"),
    ],
)
def test_a_bad_description_is_named(installed: Installation, tmp_path: Path, slug: str, text: str, named: str) -> None:
    """The refusal says what does not fit, and nothing is made."""
    file = tmp_path / "empresa.json"
    file.write_text(text)
    refused = installed.call(tenants, "create", slug, "--name", "X", "--from", file)
    assert isinstance(refused.exception, BadRequest)
    assert named in str(refused.exception)
    assert installed.value("SELECT count(*) FROM tenants WHERE slug <> $1", SLUG) == 0
