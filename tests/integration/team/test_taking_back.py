"""What Telegram shows of a lead who is forgotten is taken back, as far as Telegram lets a bot."""

from pathlib import Path

from core.domain.conversation import Role
from core.services.audit import OPERATOR
from core.services.erasure import Erasures
from core.services.tombstone_journal import TombstoneJournal
from tests.integration.privacy.conftest import KEY
from tests.integration.sandbox.telegram_cast import ANA, BIA, FORUM
from tests.integration.team.office import Office

WORDS = "Quero falar com um atendente"


async def _forget(office: Office, folder: Path) -> None:
    await Erasures(TombstoneJournal(folder, [KEY])).forget(
        office.desk.ref.tenant_id, office.desk.thread.lead_id, by=OPERATOR
    )


async def _left(office: Office) -> int:
    return int(await office.desk.value("SELECT count(*) FROM notifications WHERE kind = 'erasure_left'"))


async def test_his_topic_goes_with_all_that_is_in_it(office: Office, tmp_path: Path) -> None:
    """In the team's group nothing of him is left, and nobody is told of leftovers."""
    await office.group()
    await office.member(ANA, "Ana", role=Role.ADMIN)
    await office.hand_off(WORDS)
    await office.shows(FORUM, WORDS)
    await _forget(office, tmp_path)
    await office.quiet()
    chat = await office.chat(FORUM)
    assert ([one["name"] for one in chat["topics"]].count("Ana"), WORDS in str(chat["messages"])) == (0, False)
    assert await _left(office) == 0


async def test_cards_in_private_chats_go(office: Office, tmp_path: Path) -> None:
    """From everybody's."""
    await office.member(ANA, "Ana")
    await office.member(BIA, "Bia")
    await office.hand_off(WORDS)
    for who in (ANA, BIA):
        await office.shows(who, WORDS)
    await _forget(office, tmp_path)
    await office.quiet()
    assert [who for who in (ANA, BIA) if WORDS in str(await office.messages(who))] == []
    assert (
        await office.desk.value("SELECT count(*) FROM telegram_posts WHERE kind = 'take_back' AND shown = 'gone'") == 2
    )


async def test_a_message_that_is_gone_already_is_no_leftover(office: Office, tmp_path: Path) -> None:
    """Somebody was faster."""
    await office.member(ANA, "Ana", role=Role.ADMIN)
    await office.hand_off(WORDS)
    card = await office.shows(ANA, WORDS)
    await office.bot.delete_message(ANA, card["message_id"])
    await _forget(office, tmp_path)
    await office.quiet()
    assert await _left(office) == 0
