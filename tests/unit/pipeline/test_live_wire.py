"""Live events on the wire."""

from uuid import UUID

from asyncpg.pgproto import pgproto

from core.domain.changes import Change, ChangeKind
from pipeline.live_wire import encoded


def test_ids_as_the_driver_gives_them_are_ids() -> None:
    """What was read from the database can be told of: the driver's ids are a class of their own."""
    own = UUID(int=7)
    drivers = pgproto.UUID(str(own))
    assert encoded([Change(ChangeKind.MESSAGE_STATUS, drivers, drivers, drivers)]) == encoded(
        [Change(ChangeKind.MESSAGE_STATUS, own, own, own)]
    )
