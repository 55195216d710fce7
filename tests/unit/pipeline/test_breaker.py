"""The circuit breaker: when calls are let through, and which outcomes count."""

from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from pipeline.breaker import Breaker, Pass

SECONDS = 20.0


@dataclass(slots=True)
class Watch:
    """A monotonic clock that a test moves."""

    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


def made(failures: int = 2) -> tuple[Breaker, Watch]:
    """A closed circuit and its clock."""
    watch = Watch()
    return Breaker(watch, failures=failures, seconds=SECONDS), watch


def leave(breaker: Breaker) -> Pass:
    """Leave for a call, which must be given."""
    call = breaker.admit()
    assert call is not None
    return call


def opened() -> tuple[Breaker, Watch]:
    """A circuit that has just opened."""
    breaker, watch = made(failures=1)
    assert breaker.failed(leave(breaker))
    return breaker, watch


def test_failures_in_a_row_open_it() -> None:
    """The last of so many opens the circuit, and says so."""
    breaker, _ = made(failures=3)
    assert [breaker.failed(leave(breaker)) for _ in range(3)] == [False, False, True]
    assert breaker.admit() is None


def test_a_success_ends_the_run() -> None:
    """Only failures in a row count."""
    breaker, _ = made(failures=2)
    breaker.failed(leave(breaker))
    breaker.succeeded(leave(breaker))
    assert not breaker.failed(leave(breaker))


def test_a_release_does_not_end_the_run() -> None:
    """What says nothing of the model is no proof that it is back."""
    breaker, _ = made(failures=2)
    breaker.failed(leave(breaker))
    breaker.released(leave(breaker))
    assert breaker.failed(leave(breaker))


def test_it_stays_open_for_its_time() -> None:
    """Not a moment less, and not a moment more."""
    breaker, watch = opened()
    watch.at += SECONDS - 0.001
    assert breaker.admit() is None
    watch.at += 0.001
    assert breaker.admit() is not None


def test_one_probe_at_a_time() -> None:
    """While the probe is under way everybody else is turned away, however long it takes."""
    breaker, watch = opened()
    watch.at += SECONDS
    leave(breaker)
    watch.at += 10 * SECONDS
    assert breaker.admit() is None


def test_a_probe_that_succeeds_closes_it() -> None:
    """Everybody may call again, and the run starts from nothing."""
    breaker, watch = made(failures=2)
    for _ in range(2):
        breaker.failed(leave(breaker))
    watch.at += SECONDS
    breaker.succeeded(leave(breaker))
    assert not breaker.failed(leave(breaker))
    assert breaker.admit() is not None


def test_a_probe_that_fails_opens_it_anew() -> None:
    """One failure is enough, for the whole time."""
    breaker, watch = made(failures=2)
    for _ in range(2):
        breaker.failed(leave(breaker))
    watch.at += SECONDS
    assert breaker.failed(leave(breaker))
    watch.at += SECONDS - 0.001
    assert breaker.admit() is None


def test_a_released_probe_makes_room_for_another() -> None:
    """A cancelled probe neither closes the circuit nor blocks it for good."""
    breaker, watch = opened()
    watch.at += SECONDS
    breaker.released(leave(breaker))
    leave(breaker)
    assert breaker.admit() is None


def test_a_late_success_does_not_close_it() -> None:
    """A call that was let through before the circuit opened says nothing about it now."""
    breaker, _ = made(failures=1)
    early = leave(breaker)
    breaker.failed(leave(breaker))
    breaker.succeeded(early)
    assert breaker.admit() is None


def test_a_late_failure_does_not_prolong_it() -> None:
    """Many calls that fail together open the circuit once."""
    breaker, watch = made(failures=1)
    early = leave(breaker)
    breaker.failed(leave(breaker))
    watch.at += SECONDS / 2
    assert not breaker.failed(early)
    watch.at += SECONDS / 2
    assert breaker.admit() is not None


def test_a_late_release_does_not_free_the_probes_place() -> None:
    """A call from before the circuit opened that is cancelled now makes no room for a second probe."""
    breaker, watch = made(failures=1)
    early = leave(breaker)
    breaker.failed(leave(breaker))
    watch.at += SECONDS
    leave(breaker)
    breaker.released(early)
    assert breaker.admit() is None


class Circuit(RuleBasedStateMachine):
    """Calls of many tenants in any order, beside the rules as they would be told to a person."""

    calls: Bundle[Pass] = Bundle("calls")

    def __init__(self) -> None:
        super().__init__()
        self.watch = Watch()
        self.limit = 1
        self.run = 0
        self.open_since: float | None = None
        self.probe: Pass | None = None
        self.heard: set[Pass] = set()

    @initialize(failures=st.integers(1, 3))
    def start(self, failures: int) -> None:
        """Any threshold."""
        self.limit = failures
        self.breaker = Breaker(self.watch, failures=failures, seconds=SECONDS)

    @rule(seconds=st.sampled_from([SECONDS / 2, SECONDS]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.watch.at += seconds

    @rule(target=calls)
    def call(self) -> Pass:
        """A tenant asks; where no leave is given an old pass that says nothing stands in."""
        expected = self.open_since is None or (self.probe is None and self.watch.at >= self.open_since + SECONDS)
        call = self.breaker.admit()
        assert (call is not None) == expected
        if call is None:
            return Pass(-1)
        if self.open_since is None:
            self.heard.add(call)
        else:
            self.probe = call
        return call

    @rule(call=consumes(calls))
    def succeed(self, call: Pass) -> None:
        """It answered."""
        self.breaker.succeeded(call)
        if call == self.probe:
            self.probe, self.open_since = None, None
        elif call in self.heard:
            self.run = 0

    @rule(call=consumes(calls))
    def fail(self, call: Pass) -> None:
        """It did not."""
        counts = call in self.heard or call == self.probe
        self.run += call in self.heard
        opens = counts and (call == self.probe or self.run == self.limit)
        assert self.breaker.failed(call) == opens
        if opens:
            self.run, self.probe, self.open_since = 0, None, self.watch.at
            self.heard.clear()

    @rule(call=consumes(calls), again=st.booleans())
    def release(self, call: Pass, again: bool) -> None:  # noqa: FBT001 - hypothesis passes by name
        """It said nothing; telling so twice does no harm."""
        self.breaker.released(call)
        if again:
            self.breaker.released(call)
        if call == self.probe:
            self.probe = None

    @invariant()
    def nobody_is_shut_out_for_good(self) -> None:
        """With no probe under way, waiting long enough always gives leave."""
        if self.probe is not None or not hasattr(self, "breaker"):
            return
        at, self.watch.at = self.watch.at, self.watch.at + 2 * SECONDS
        call = self.breaker.admit()
        assert call is not None
        self.breaker.released(call)
        self.watch.at = at


TestCircuit = Circuit.TestCase
TestCircuit.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
