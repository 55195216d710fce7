"""Stored messages to their channel: once, in order, every failure with its consequence."""

import asyncio
from datetime import timedelta

import pytest

from core.domain.conversation import Author
from core.domain.errors import (
    ChannelStopped,
    SendError,
    SendNeedsTemplate,
    SendRefused,
    SendRetry,
    SendUnknown,
)
from tests.integration.services.desk import TIMES, Desk

NEXT_TRY = "SELECT extract(epoch FROM next_attempt_at - now())::float8 FROM messages WHERE id = $1"


async def deliver(desk: Desk) -> None:
    """A nudge to send."""
    await desk.deliverer.run(desk.ref)


async def test_everything_queued_goes_out_in_order(desk: Desk) -> None:
    """One nudge sends all of it."""
    for text in ("um", "dois", "três"):
        await desk.queued(text)
    await deliver(desk)
    assert (desk.channel.sent, [status for _, status, _ in await desk.said()]) == (["um", "dois", "três"], ["sent"] * 3)


async def test_two_workers_send_each_message_once(desk: Desk) -> None:
    """Two nudges at the same time make no second call."""
    for text in ("um", "dois", "três"):
        await desk.queued(text)
    await asyncio.gather(deliver(desk), deliver(desk))
    await deliver(desk)
    assert desk.channel.sent == ["um", "dois", "três"]


async def test_a_hand_offs_messages_still_go_out(desk: Desk) -> None:
    """The answer and the transition of a hand-off leave although a person is awaited."""
    await desk.hears("Quero um atendente")
    await desk.answers()
    await deliver(desk)
    assert desk.channel.sent == ["Claro!", "Já chamei a equipe."]


async def test_a_take_over_keeps_the_ais_words_in(desk: Desk) -> None:
    """What was queued when the owner spoke is never sent."""
    await desk.hears()
    await desk.answers()
    await desk.phone_writes()
    await deliver(desk)
    assert desk.channel.calls == 0


async def test_a_refusal_for_now_is_tried_again_later(desk: Desk) -> None:
    """Queued again with a wait, and its attempt counted."""
    message = await desk.queued()
    desk.channel.refusals = [SendRetry("rate limit", provider_code="130429", retry_after=timedelta(seconds=40))]
    await deliver(desk)
    assert 35 < await desk.value(NEXT_TRY, message) < 42
    assert await desk.rows("SELECT status, attempts, error_code FROM messages WHERE id = $1", message) == [
        ("queued", 1, "130429")
    ]


async def test_a_short_wait_is_waited_for(desk: Desk) -> None:
    """The next try comes from the same nudge when it is soon."""
    await desk.queued()
    desk.channel.refusals = [SendRetry("busy")]
    await deliver(desk)
    assert (desk.channel.calls, desk.channel.sent) == (2, ["Olá"])


async def test_waits_grow(desk: Desk) -> None:
    """The second wait is twice the first."""
    message = await desk.queued()
    await desk.run("UPDATE messages SET attempts = 1")
    desk.channel.refusals = [SendRetry("busy", retry_after=timedelta(seconds=9)), None]
    await deliver(desk)
    assert await desk.value(NEXT_TRY, message) > 5


async def test_the_last_attempt_fails_for_good(desk: Desk) -> None:
    """After so many tries: failed, dead letter, a person."""
    message = await desk.queued()
    await desk.run("UPDATE messages SET attempts = $1", TIMES.attempts - 1)
    desk.channel.refusals = [SendRetry("busy")]
    await deliver(desk)
    assert (await desk.status(message), await desk.letters(), await desk.hand_offs()) == (
        "failed", [("send", "open")], ["send_failed"],
    )  # fmt: skip


@pytest.mark.parametrize(
    "refusal",
    [SendRefused("no such user"), SendNeedsTemplate("window closed"), SendError("odd"), ChannelStopped("banned")],
)
async def test_a_refusal_for_good_goes_to_a_person(desk: Desk, refusal: SendError) -> None:
    """Whatever will never be taken is not tried again, and somebody is told."""
    message = await desk.queued()
    desk.channel.refusals = [refusal]
    await deliver(desk)
    assert (await desk.status(message), desk.channel.calls, await desk.hand_offs()) == ("failed", 1, ["send_failed"])


async def test_a_needed_template_is_told_as_such(desk: Desk) -> None:
    """Who takes the conversation over reads that the window is closed."""
    await desk.queued()
    desk.channel.refusals = [SendNeedsTemplate("outside the window", provider_code="131047")]
    await deliver(desk)
    assert (await desk.said())[-1] == ("note", "internal", "send_needs_template: 131047: outside the window")


async def test_a_stopped_account_sends_nothing_more(desk: Desk) -> None:
    """The first message meets the stop, the second is not even tried."""
    await desk.queued("um")
    await desk.queued("dois")
    desk.channel.refusals = [ChannelStopped("token expired", provider_code="190")]
    await deliver(desk)
    assert (desk.channel.calls, [status for _, status, _ in await desk.said()][:2]) == (1, ["failed", "failed"])


async def test_a_channel_this_release_has_not(desk: Desk) -> None:
    """A message for an unknown channel fails, and does not circle."""
    message = await desk.queued()
    await desk.run("UPDATE channel_accounts SET channel = 'pigeon'")
    await deliver(desk)
    assert await desk.status(message) == "failed"


async def test_no_answer_is_unknown(desk: Desk) -> None:
    """It may have left: not sent again, and the AI's next words wait."""
    message = await desk.queued("um")
    await desk.queued("dois")
    desk.channel.refusals = [SendUnknown("timed out")]
    await deliver(desk)
    assert (await desk.status(message), desk.channel.calls) == ("unknown", 1)


async def test_a_receipt_settles_it_and_the_rest_follows(desk: Desk) -> None:
    """The provider tells that it was delivered; then the next goes out."""
    message = await desk.queued("um")
    await desk.queued("dois")
    desk.channel.refusals = [SendUnknown("timed out")]
    await deliver(desk)
    await desk.told(message, "delivered")
    await deliver(desk)
    assert (await desk.status(message), desk.channel.sent) == ("delivered", ["dois"])


async def test_a_person_speaks_past_an_unknown_one(desk: Desk) -> None:
    """An attendant's words do not wait for the AI's to be settled."""
    await desk.queued("um")
    await desk.queued("da equipe", author=Author.ATTENDANT, purpose="attendant", turn_id=None)
    desk.channel.refusals = [SendUnknown("timed out")]
    await deliver(desk)
    assert desk.channel.sent == ["da equipe"]


async def test_a_receipt_that_was_faster_than_the_call(desk: Desk) -> None:
    """Read before the call returned: it stays read."""
    message = await desk.queued()
    desk.channel.meanwhile = [lambda callback: desk.told(message, "read", external_id=f"wamid.{callback}")]
    await deliver(desk)
    assert await desk.status(message) == "read"


async def test_a_worker_that_was_frozen_sends_nothing(desk: Desk) -> None:
    """Woken after its time, before the call, it puts the message back uncounted; the next try sends it."""
    message = await desk.queued()
    job = await desk.sends.claim(desk.ref)
    deliverer, started = desk.deliverer, desk.clock.monotonic()
    desk.clock.advance(TIMES.lease)
    await deliverer._send(job, started)  # type: ignore[arg-type] # the one message is there
    assert (desk.channel.calls, await desk.rows("SELECT status, attempts FROM messages WHERE id = $1", message)) == (
        0, [("queued", 0)],
    )  # fmt: skip
    await deliver(desk)
    assert desk.channel.sent == ["Olá"]


async def test_what_a_dead_worker_left_is_not_sent_again(desk: Desk) -> None:
    """Found in mid-call after a crash: unknown, and left alone until it is settled."""
    message = await desk.queued()
    await desk.sends.claim(desk.ref)
    await desk.run("UPDATE messages SET send_lease_until = now() - interval '1 second'")
    await desk.sends.mark_abandoned()
    await deliver(desk)
    assert (await desk.status(message), desk.channel.calls) == ("unknown", 0)


async def test_an_answer_after_the_lease_still_counts(desk: Desk) -> None:
    """Given up as abandoned while the call was under way, then answered: it is sent."""
    message = await desk.queued()

    async def abandoned(_callback: str) -> None:
        await desk.run("UPDATE messages SET send_lease_until = now() - interval '1 second'")
        await desk.sends.mark_abandoned()

    desk.channel.meanwhile = [abandoned]
    await deliver(desk)
    assert await desk.status(message) == "sent"


async def test_each_tenant_sends_through_its_own_account(desk: Desk) -> None:
    """Two tenants' messages never meet."""
    other = await desk.seed.business("other")
    thread = await desk.seed.thread(other)
    now = await desk.value("SELECT now()")
    await desk.seed.message(thread, "deles", author=Author.AI, next_attempt_at=now)
    await desk.queued("nosso")
    await deliver(desk)
    assert (desk.channel.sent, desk.channel.accounts) == (["nosso"], [desk.business.external_id])


async def test_a_take_over_in_mid_call_ends_the_tries(desk: Desk) -> None:
    """The provider says "later" and the owner has spoken meanwhile: the AI's words are not tried again."""
    message = await desk.queued()
    desk.channel.refusals = [SendRetry("busy")]
    desk.channel.meanwhile = [lambda _: desk.phone_writes()]
    await deliver(desk)
    assert (await desk.status(message), desk.channel.calls) == ("cancelled", 1)


async def test_a_hand_off_in_mid_call_does_not(desk: Desk) -> None:
    """Waiting for a person, the lead still gets what was to be said."""
    await desk.queued()
    desk.channel.refusals = [SendRetry("busy")]
    desk.channel.meanwhile = [lambda _: desk.run("UPDATE conversations SET status = 'waiting_human'")]
    await deliver(desk)
    assert desk.channel.sent == ["Olá"]
