"""The experiments by number: who plays, what is done to them, and what is claimed beside the invariants."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.acceptance.faults import after_the_take_overs as after
from tests.acceptance.faults import cases
from tests.acceptance.faults import on_a_deploy as deploy
from tests.acceptance.faults import on_everything as everything
from tests.acceptance.faults import on_telegram as telegram
from tests.acceptance.faults import on_the_attendants as attendants
from tests.acceptance.faults import on_the_database as database
from tests.acceptance.faults import on_the_model as model
from tests.acceptance.faults import on_the_order as order
from tests.acceptance.faults import on_the_provider as provider
from tests.acceptance.faults import on_the_queue as queue
from tests.acceptance.faults import on_the_web as web
from tests.acceptance.faults import on_the_words as words
from tests.acceptance.faults import on_the_workers as workers
from tests.acceptance.faults.checker import Verdict
from tests.acceptance.faults.run import DRAIN_SECONDS, Injection, Run
from tests.acceptance.faults.stage import Cast

_USUAL = Cast()


@dataclass(frozen=True, slots=True)
class Experiment:
    """One of them. ``one_at_a_time``: nothing dies or freezes, so one lead's model calls must never overlap."""

    number: int
    title: str
    inject: Injection
    cast: Cast = _USUAL
    prepare: Injection | None = None
    claim: Callable[[Run, Verdict], Awaitable[None]] | None = None
    one_at_a_time: bool = False
    conversations: int = 200
    seconds: float = 3.0
    drain: float = DRAIN_SECONDS


_JUMPY = Cast(
    environment={"TURN_ATTEMPTS": str(everything.ATTEMPTS)},
    path=(everything.SHIM,),
    clock=everything.CLOCK,
)

EXPERIMENTS = (
    Experiment(1, "web killed before the commit", web.kill_before_the_commit),
    Experiment(2, "web killed before the nudge", web.kill_before_the_nudge, Cast(redis_proxies=True)),
    Experiment(
        3, "worker killed in the model call", workers.kill_in_the_model_call, Cast(model_ms=150),
        prepare=workers.hold_model_calls,
    ),
    Experiment(
        4, "worker killed after the acceptance", workers.kill_after_the_acceptance, prepare=workers.hold_acceptances
    ),
    Experiment(
        5, "worker frozen beyond its lease", workers.freeze_beyond_the_lease, Cast(model_ms=150),
        prepare=workers.hold_calls_of_both_kinds,
    ),
    Experiment(6, "the same delivery fifty times", web.the_same_fifty_times, Cast(webs=4)),
    Experiment(
        7, "deliveries shuffled and late", order.deliver_late, prepare=order.shuffle_deliveries,
        claim=order.late_words_were_answered,
    ),
    Experiment(
        8, "writing while a turn runs", workers.write_while_a_turn_runs, Cast(model_ms=600),
        claim=workers.turns_were_restarted, one_at_a_time=True,
    ),
    Experiment(
        9, "two workers for one conversation", workers.nudge_every_worker, Cast(model_ms=300), one_at_a_time=True
    ),
    Experiment(10, "Redis killed", queue.kill_redis),
    Experiment(11, "Redis emptied, full, replaced", queue.empty_redis),
    Experiment(12, "stream trimmed, consumer gone", queue.trim_pending),
    Experiment(13, "PostgreSQL exhausted and killed", database.exhaust_and_kill),
    Experiment(14, "PostgreSQL's disk full", database.fill_the_disk, claim=database.providers_were_told),
    Experiment(
        15, "workers cut off from PostgreSQL", database.cut_the_workers_off, Cast(database_proxies=True),
        prepare=database.hold_sends,
    ),
    Experiment(
        16, "model in trouble", model.let_it_pass, prepare=model.break_the_model, claim=model.one_generic_each
    ),
    Experiment(
        17, "provider in trouble", provider.revoke_a_token, prepare=provider.break_the_provider,
        claim=provider.others_go_on,
    ),
    Experiment(
        18, "attendant takes over anywhere", attendants.take_over_anywhere,
        Cast(model_ms=150, telegram="polled", environment=attendants.ENVIRONMENT),
        prepare=cases.give_them_back, claim=after.people_took_over,
    ),
    Experiment(
        19, "a release while turns run", deploy.deploy, Cast(model_ms=600), claim=deploy.foreign_entries_are_parked,
        drain=120.0,
    ),
    Experiment(
        20, "poison, flood, clocks", everything.poison_flood_and_clocks, _JUMPY, claim=everything.only_the_poison_died,
        conversations=120, seconds=1.5,
    ),
    Experiment(
        21, "words while the bot dies", words.write_while_the_bot_dies, Cast(telegram="polled", bots=2),
        prepare=words.take_all, claim=words.words_were_many, conversations=60, drain=120.0,
    ),
    Experiment(
        24, "worker frozen between intent and call", workers.freeze_before_the_call, Cast(database_proxies=True),
    ),
    Experiment(
        22, "Telegram in trouble", telegram.hand_off_through_it, Cast(telegram="polled", strict_telegram=True),
        prepare=telegram.break_telegram, claim=telegram.every_card_is_right, conversations=12, drain=180.0,
    ),
    Experiment(
        23, "words while web and workers die", words.write_while_the_web_dies, Cast(telegram="brought"),
        prepare=words.take_all, claim=words.words_were_many, conversations=60, drain=120.0,
    ),
)  # fmt: skip
