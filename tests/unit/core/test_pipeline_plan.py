"""The pipeline as somebody wants it."""

from hypothesis import given
from hypothesis import strategies as st

from core.domain.pipeline_plan import Outcome, PlannedStage, faults_in_plan, removed_keys, with_keys

KNOWN = ("new", "hot", "won")


def _stage(key: str | None, name: str = "X", outcome: Outcome = Outcome.OPEN) -> PlannedStage:
    return PlannedStage(key, name, None, outcome)


@given(st.lists(st.text(min_size=1), max_size=8))
def test_new_stages_get_keys_of_their_own(names: list[str]) -> None:
    """Whatever they are called: each another, none a known one's, and all of plain signs."""
    keys = [key for key, _ in with_keys(KNOWN, [_stage(None, name) for name in names])]
    assert len(set(keys)) == len(names)
    assert not set(keys) & set(KNOWN)
    assert all(key.isascii() and 0 < len(key) <= 40 for key in keys)


def test_known_stages_keep_theirs() -> None:
    """Under whatever name, in whatever place."""
    plan = [_stage("won", "Ganho"), _stage(None, "Ganho"), _stage("new", "Novo")]
    assert [key for key, _ in with_keys(KNOWN, plan)] == ["won", "ganho", "new"]


def test_what_is_left_out_goes() -> None:
    """And its leads have to go somewhere."""
    plan = [_stage("new"), _stage("won", outcome=Outcome.WON)]
    assert removed_keys(KNOWN, plan) == ["hot"]
    assert [fault.at for fault in faults_in_plan(KNOWN, plan, {})] == ["moves"]
    assert not faults_in_plan(KNOWN, plan, {"hot": "new"})


def test_leads_do_not_go_to_what_goes_too() -> None:
    """Nor to a stage that has no key yet."""
    plan = [_stage("new"), _stage(None, "Outra")]
    faults = faults_in_plan(KNOWN, plan, {"hot": "won", "won": "outra"})
    assert [fault.at for fault in faults] == ["moves", "moves"]
