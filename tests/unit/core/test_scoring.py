"""Scores and stages."""

from hypothesis import given
from hypothesis import strategies as st

from core.domain.scoring import DEFAULT_STAGES, StageRule, crossed_up, scored, stage_for

KEYS = [stage.key for stage in DEFAULT_STAGES]
POSITIONS = {stage.key: stage.position for stage in DEFAULT_STAGES}
ANY_STAGES = st.lists(
    st.builds(
        StageRule,
        key=st.sampled_from("abcdef"),
        position=st.integers(0, 9),
        min_score=st.none() | st.integers(0, 100),
        outcome=st.sampled_from(["open", "won", "lost"]),
    ),
    max_size=6,
    unique_by=(lambda stage: stage.key, lambda stage: stage.position),
)


@given(st.integers(0, 100), st.integers(-1000, 1000))
def test_a_score_stays_between_0_and_100(score: int, delta: int) -> None:
    """No change takes a score out of its range."""
    assert 0 <= scored(score, delta) <= 100


def test_a_score_is_the_sum_within_its_range() -> None:
    """A change that fits is added as it is."""
    assert [scored(40, 21), scored(40, -50), scored(90, 30)] == [61, 0, 100]


def test_default_stages_by_score() -> None:
    """A new lead qualifies from 21 on and is hot from 61 on."""
    assert [stage_for(DEFAULT_STAGES, "new", score) for score in (0, 20, 21, 60, 61, 100)] == [
        "new", "new", "qualifying", "qualifying", "hot", "hot",
    ]  # fmt: skip


@given(st.sampled_from(KEYS), st.integers(0, 100))
def test_stages_go_forward_only(current: str, score: int) -> None:
    """Whatever the score, a lead never moves back."""
    assert POSITIONS[stage_for(DEFAULT_STAGES, current, score)] >= POSITIONS[current]


@given(ANY_STAGES, st.sampled_from("abcdef"), st.integers(0, 100))
def test_a_tenants_own_stages_go_forward_only(stages: list[StageRule], current: str, score: int) -> None:
    """The same with stages in any order, number and threshold."""
    by_key = {stage.key: stage for stage in stages}
    after = stage_for(stages, current, score)
    assert after == current or current not in by_key or by_key[after].position > by_key[current].position


@given(st.sampled_from(["converted", "lost"]), st.integers(0, 100))
def test_an_ended_stage_is_kept(current: str, score: int) -> None:
    """Who bought or was lost is not moved by a score."""
    assert stage_for(DEFAULT_STAGES, current, score) == current


def test_the_teams_stage_is_not_taken_back() -> None:
    """A lead that stands with the team does not fall back to hot."""
    assert stage_for(DEFAULT_STAGES, "human", 100) == "human"


def test_a_stage_that_is_gone_gives_way() -> None:
    """A lead in a stage that was deleted moves to where his score belongs."""
    assert stage_for(DEFAULT_STAGES, "removed", 70) == "hot"


def test_crossing_is_upwards_and_once() -> None:
    """60 is crossed by reaching more than it, coming from no more than it."""
    assert [crossed_up(60, 61, 60), crossed_up(59, 60, 60), crossed_up(61, 80, 60), crossed_up(70, 50, 60)] == [
        True, False, False, False,
    ]  # fmt: skip
