"""A message as the Graph API gives it, read as if a webhook had brought it."""

from typing import Any

import pytest

from channels.instagram_fetched import read_fetched
from core.domain.errors import SendRefused
from core.domain.events import EventKind, IdentityKind, InboundEvent, SenderId, SentBy

ACCOUNT, LEAD, MID = "17840000000000001", "6610000000000001", "aWdfZAG1fABC"


def _read(**more: Any) -> InboundEvent:
    given = {
        "id": MID,
        "created_time": "2026-11-25T20:00:00+0000",
        "from": {"id": LEAD, "username": "ana"},
        "to": {"data": [{"id": ACCOUNT, "username": "loja"}]},
        "message": "oi",
    }
    [event] = read_fetched({**given, **more}, ACCOUNT, MID)
    return event


def test_a_leads_words_are_read() -> None:
    """With the id that was told, the person, the account and the time."""
    event = _read()
    assert (event.kind, event.external_id, event.text, event.account, event.senders) == (
        EventKind.INBOUND_MESSAGE, MID, "oi", ACCOUNT, (SenderId(IdentityKind.IGSID, LEAD),),
    )  # fmt: skip
    assert (event.variant, str(event.ts)) == ("", "2026-11-25 20:00:00+00:00")


def test_the_businesss_own_are_an_echo() -> None:
    """Of whom, nobody says."""
    event = _read(**{"from": {"id": ACCOUNT}, "to": {"data": [{"id": LEAD}]}})
    assert (event.kind, event.sent_by, event.lead) == (
        EventKind.OUTBOUND_ECHO, SentBy.UNTOLD, SenderId(IdentityKind.IGSID, LEAD),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"attachments": {"data": [{"image_data": {"url": "https://a/1"}}]}}, "image"),
        ({"attachments": {"data": [{"video_data": {"url": "https://a/1"}}]}}, "video"),
        ({"attachments": {"data": [{"file_url": "https://a/1"}]}}, "file"),
        ({"shares": {"data": [{"link": "https://a/1"}]}}, "share"),
    ],
)
def test_files_have_their_address(told: dict[str, Any], kind: str) -> None:
    """Where the Graph API puts it."""
    event = _read(message="", **told)
    assert (event.type, event.media and event.media.url) == (kind, "https://a/1")


@pytest.mark.parametrize("told", [{"is_unsupported": True}, {"message": None}, {"attachments": []}])
def test_what_cannot_be_shown_is_a_placeholder(told: dict[str, Any]) -> None:
    """A person sees that something came."""
    assert _read(**{"message": "", **told}).kind is EventKind.INBOUND_UNSUPPORTED


@pytest.mark.parametrize("told", [None, {}, {"id": ""}, "ana"])
def test_without_a_writer_it_is_not_taken(told: object) -> None:
    """It could be given to nobody: asked for again, and told to a person in the end."""
    with pytest.raises(SendRefused):
        _read(**{"from": told})
