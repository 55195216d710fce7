"""One suite for every registered channel: what it sends, and what it makes of every kind of answer."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web

from app.embedded.keeping import free_port
from channels.base import Account, Channel, SendReceipt
from channels.registry import build_channels
from core.domain.errors import SendError
from core.domain.events import IdentityKind, SenderId
from core.domain.splitting import split_text
from tests.contract.channel_fixtures import channels, described, folder

_ANSWERS = ("accepted", "limited", "refused", "stopped", "unknown")
"""What every provider may answer, as ``sending.json`` shows it; ``window_closed`` too where the channel has a window.

``means`` is the id of what was accepted, else the code of the error's class. ``settings`` says under which names the
channel finds its provider's address, ``asked`` what a question (a GET) is answered before a message is sent.
"""
_LONG = "Olá! A avaliação custa R$ 120,00 e dura 40 minutos; é só escolher o horário. 😊 " * 120


@dataclass(slots=True)
class Sending:
    """A channel whose provider is a server of the test's, and what was posted there."""

    name: str
    channel: Channel
    told: dict[str, Any]
    answer: dict[str, Any] = field(default_factory=dict)
    posted: list[Any] = field(default_factory=list)

    async def says(self, text: str, answer: str = "accepted") -> SendReceipt:
        """Send this text; the provider answers so."""
        self.answer = self.told["answers"][answer]
        account = Account(self.told["account"]["external_id"], self.told["account"]["secrets"])
        to = SenderId(IdentityKind(self.told["to"]["kind"]), self.told["to"]["value"])
        return await self.channel.send_message(account, to, text, callback="0190-callback")

    async def serve(self, request: web.Request) -> web.Response:
        """The provider: it may be asked for its state, and answers every post as it was told."""
        if request.method == "GET":
            return web.json_response(self.told.get("asked", {}))
        self.posted.append(orjson.loads(await request.read()))
        given = self.answer["body"]
        text = given if isinstance(given, str) else orjson.dumps(given).decode()
        return web.Response(status=self.answer["status"], headers=self.answer.get("headers", {}), text=text)


@pytest.fixture(params=sorted(channels()))
async def sending(request: pytest.FixtureRequest) -> AsyncIterator[Sending]:
    """Each channel in turn."""
    name, port = str(request.param), free_port()
    told = described(name, "sending.json")
    settings = {key: value.format(server=f"http://127.0.0.1:{port}") for key, value in told["settings"].items()}
    async with aiohttp.ClientSession() as session:
        made = Sending(name, build_channels(session, settings)[name], told)
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", made.serve)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield made
        await runner.cleanup()


def _texts(value: object) -> list[str]:
    """Every text that a request holds, at whatever depth."""
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return [value] if isinstance(value, str) else []


def _needed(name: str) -> tuple[str, ...]:
    window = channels()[name].capabilities.window
    return _ANSWERS if window is None else (*_ANSWERS, "window_closed")


@pytest.mark.parametrize("name", sorted(channels()))
def test_every_channel_shows_how_its_provider_answers(name: str) -> None:
    """A channel without the answers that the suite needs fails here, by name."""
    shown = described(name, "sending.json")["answers"] if (folder(name) / "sending.json").is_file() else {}
    assert [answer for answer in _needed(name) if answer not in shown] == []


async def test_an_accepted_text_gives_the_providers_id(sending: Sending) -> None:
    """It is what statuses and echoes will name."""
    receipt = await sending.says("Olá!")
    assert receipt.external_id == sending.told["answers"]["accepted"]["means"]


async def test_words_arrive_as_they_are(sending: Sending) -> None:
    """Accents, quotes, line breaks and emoji, in one post and no second."""
    words = 'Ação "única":\n• 10 % — só hoje 👩‍👩‍👧 \\o/'
    await sending.says(words)
    [posted] = sending.posted
    assert words in _texts(posted)


async def test_a_long_text_leaves_in_pieces_that_the_channel_takes(sending: Sending) -> None:
    """By the channel's own limit and unit, whole and in order."""
    can = sending.channel.capabilities
    pieces = split_text(_LONG, can.text_limit, can.text_unit)
    for piece in pieces:
        await sending.says(piece)
    sizes = [len(piece.encode()) if can.text_unit == "bytes" else len(piece) for piece in pieces]
    arrived = [
        next((text for text in _texts(posted) if text == piece), "")
        for piece, posted in zip(pieces, sending.posted, strict=True)
    ]
    assert (len(pieces) > 1, max(sizes) <= can.text_limit, " ".join(arrived)) == (True, True, _LONG.strip())


@pytest.mark.parametrize(
    ("sending", "answer"),
    [(name, answer) for name in sorted(channels()) for answer in _needed(name) if answer != "accepted"],
    indirect=["sending"],
)
async def test_a_refusal_has_its_class(sending: Sending, answer: str) -> None:
    """By it the sender knows whether to try again, to give up, to stop the account, or that nobody knows."""
    with pytest.raises(SendError) as raised:
        await sending.says("Olá!", answer)
    assert (raised.value.code, len(sending.posted)) == (sending.told["answers"][answer]["means"], 1)


async def test_the_wait_that_a_provider_names_is_kept(sending: Sending) -> None:
    """Whoever is told to come back in so many seconds does so."""
    with pytest.raises(SendError) as raised:
        await sending.says("Olá!", "limited")
    named = sending.told["answers"]["limited"].get("headers", {}).get("Retry-After")
    expected = None if named is None else timedelta(seconds=int(named))
    assert getattr(raised.value, "retry_after", None) == expected


async def test_an_error_quotes_no_secret(sending: Sending) -> None:
    """What goes wrong is logged and shown."""
    with pytest.raises(SendError) as raised:
        await sending.says("Olá!", "stopped")
    assert [
        name
        for name, secret in sending.told["account"]["secrets"].items()
        if len(secret) > 10 and secret in str(raised.value)
    ] == []
