"""What a benchmark of turns plays."""

from app.bench.scenes import PACED, SATURATED, WAITING, Wanted

WANTED = Wanted(in_flight=500, rate=20, model=2, duration=10)


def test_scenes_are_played_in_one_order() -> None:
    """Whatever the order in which they were asked for."""
    assert [scene.name for scene in WANTED.scenes([PACED, SATURATED, WAITING])] == [SATURATED, WAITING, PACED]


def test_titles_tell_the_load() -> None:
    """As the table shows them."""
    assert [scene.title for scene in WANTED.scenes([WAITING, PACED])] == [
        "model 2000 ms, 500 talking",
        "model 2000 ms, 20 a second",
    ]


def test_a_lead_does_not_write_again_while_he_waits() -> None:
    """There must be more leads than may wait together."""
    waiting, paced = WANTED.scenes([WAITING, PACED])
    assert (waiting.together, paced.together) == (1000, 440)
