"""``reveza say``: write as a lead from the terminal."""

import asyncio
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import click

from app import emulated, running
from app.emulated import EmulatedAccount
from app.running import Running
from core.domain.errors import RevezaError, Unavailable

_LEADS: Mapping[str, str] = {
    emulated.META: "5511987654321",
    emulated.ZAPI: "5511987654322",
    emulated.INSTAGRAM: "17800000000000001",
}
"""Who writes on each channel, unless somebody is named."""
_POLL_SECONDS = 0.1
_WAIT_MS = 5000
_SETTLE_MS = 1500
"""After the first answer: how long to wait for the next part of it."""


@click.command()
@click.argument("text")
@click.option(
    "--channel", type=click.Choice(list(_LEADS)), default=emulated.META, show_default=True, help="Where the lead is."
)
@click.option("--from", "lead", help="The lead's phone number, on Instagram the account's id; digits only.")
@click.option("--timeout", default=60.0, show_default=True, help="Seconds to wait for the answer.")
def say(text: str, channel: str, lead: str | None, timeout: float) -> None:
    """Write TEXT as a lead to a running `up` and print the answer."""
    number = re.sub(r"\D", "", _LEADS[channel] if lead is None else lead)
    if not number:
        raise click.BadParameter(str(lead), param_hint="--from")
    answers = asyncio.run(converse(text, number, time.monotonic() + timeout, channel=channel))
    for answer in answers:
        click.echo(answer)
    if not answers:
        click.echo(f"reveza: no answer within {timeout:.0f} s; the log of `./reveza up` says why", err=True)
        sys.exit(1)


@dataclass(frozen=True, slots=True)
class _Phone:
    """A lead's phone at an emulator: its control calls, and how the business's account is called there."""

    base: str
    account: Mapping[str, str]


async def converse(text: str, lead: str, deadline: float, *, channel: str = emulated.META) -> list[str]:
    """Write once the run is ready; the answers, oldest first, none when the deadline passes.

    Raises Unavailable when no run is ready in time.
    """
    phone = _phone(await _ready_run(deadline), channel)
    async with aiohttp.ClientSession() as session:
        inbox = {**phone.account, "to": lead}
        before = (await _get(session, f"{phone.base}/messages", inbox))["next"]
        writes = {**phone.account, "from": lead, "name": "Terminal", "text": text}
        async with session.post(f"{phone.base}/lead", json=writes) as response:
            if not response.ok:
                message = f"the emulator did not take the message: {await response.text()}"
                raise Unavailable(message)
        return await _answers(session, phone.base, inbox | {"after": str(before)}, deadline)


def _phone(run: Running, channel: str) -> _Phone:
    url = run.emulators.get(emulated.CHANNELS[channel])
    if url is None:
        message = "this run uses the real channel: write to the business's own account instead"
        raise RevezaError(message)
    return _Phone(f"{url}/_sandbox", _account(channel))


def _account(channel: str) -> dict[str, str]:
    match channel:
        case emulated.ZAPI:
            return {"instance_id": EmulatedAccount.kept(running.folder()).zapi_instance_id}
        case emulated.INSTAGRAM:
            return {"account": emulated.INSTAGRAM_ACCOUNT}
        case _:
            return {"phone_number_id": emulated.PHONE_NUMBER_ID}


async def _answers(session: aiohttp.ClientSession, base: str, inbox: dict[str, str], deadline: float) -> list[str]:
    """Wait for the first answer, then a little for its other parts."""
    found: list[str] = []
    wait_ms = _WAIT_MS
    while (left := deadline - time.monotonic()) > 0:
        page = await _get(session, f"{base}/messages", inbox | {"wait_ms": str(int(min(wait_ms, left * 1000)))})
        found += [str(message["text"]) for message in page["messages"] if message["text"]]
        inbox = inbox | {"after": str(page["next"])}
        if found and not page["messages"]:
            break
        wait_ms = _SETTLE_MS if found else _WAIT_MS
    return found


async def _get(session: aiohttp.ClientSession, url: str, query: dict[str, str]) -> Any:
    async with session.get(url, params=query) as response:
        response.raise_for_status()
        return await response.json()


async def _ready_run(deadline: float) -> Running:
    """The run of this project, once it is ready: `up` and `say` may be started at the same time."""
    while time.monotonic() < deadline:
        run = running.current()
        if run is not None and run.ready:
            return run
        await asyncio.sleep(_POLL_SECONDS)
    message = "`./reveza up` does not run here, or is not ready yet: start it in another terminal"
    raise Unavailable(message)
