"""The journal of tombstones: it only grows, and tells of whatever was done to it."""

import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import ConfigurationError
from core.domain.ids import uuid7
from core.domain.tombstone import Tombstone, TombstoneKind
from core.services.tombstone_journal import FILE, TombstoneJournal

KEY, OTHER = bytes(range(32)), bytes(32)
TENANT = UUID(int=7)


def _stone() -> Tombstone:
    return Tombstone(uuid7(), TombstoneKind.LEAD, TENANT, uuid7(), datetime(2026, 3, 1, tzinfo=UTC))


def _filled(folder: Path, lines: int = 3) -> tuple[TombstoneJournal, list[Tombstone]]:
    journal, stones = TombstoneJournal(folder, [KEY]), [_stone() for _ in range(lines)]
    for stone in stones:
        journal.append(stone)
    return journal, stones


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """In order, to the last field."""
    journal, stones = _filled(tmp_path)
    contents = journal.read()
    assert (contents.stones, contents.faults) == (stones, [])


def test_nothing_was_ever_written(tmp_path: Path) -> None:
    """An empty journal is no fault, and looking makes no folder."""
    assert TombstoneJournal(tmp_path / "none", [KEY]).read().stones == []
    assert not (tmp_path / "none").exists()


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    """The file is nobody else's."""
    _filled(tmp_path)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda lines: [lines[0], lines[2]], id="a line was taken out"),
        pytest.param(lambda lines: [lines[1], lines[0], lines[2]], id="two changed places"),
        pytest.param(lambda lines: [lines[0], lines[0], lines[1], lines[2]], id="one was put in twice"),
        pytest.param(lambda lines: [lines[0].replace(b"2026", b"2027"), lines[1], lines[2]], id="one was changed"),
        pytest.param(lambda lines: [lines[0][:20], lines[1], lines[2]], id="one was cut"),
    ],
)
def test_what_was_done_to_it_is_found(tmp_path: Path, spoil: Callable[[list[bytes]], list[bytes]]) -> None:
    """Whatever is done to the lines, the journal tells of a fault."""
    journal, _ = _filled(tmp_path)
    path = tmp_path / FILE
    path.write_bytes(b"".join(line + b"\n" for line in spoil(path.read_bytes().splitlines())))
    assert journal.read().faults != []


@given(place=st.integers(min_value=0, max_value=2000), bit=st.integers(min_value=0, max_value=7))
def test_no_bit_can_be_changed(tmp_path_factory: pytest.TempPathFactory, place: int, bit: int) -> None:
    """A changed bit is a fault, or nobody believes the line any more."""
    folder = tmp_path_factory.mktemp("journal")
    journal, stones = _filled(folder)
    kept = bytearray((folder / FILE).read_bytes())
    kept[place % len(kept)] ^= 1 << bit
    (folder / FILE).write_bytes(kept)
    contents = journal.read()
    assert contents.faults or contents.stones == stones[: len(contents.stones)]
    assert contents.faults or len(contents.stones) < len(stones)


def test_a_torn_line_spoils_no_other(tmp_path: Path) -> None:
    """The power went while a line was written: it is told, and what is written behind it stands."""
    journal, stones = _filled(tmp_path)
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"version": 1, "id"')
    later = _stone()
    journal.append(later)
    contents = journal.read()
    assert contents.stones == [*stones, later]
    assert len(contents.faults) == 1


def test_a_line_that_is_being_written_is_none_yet(tmp_path: Path) -> None:
    """Without its end it is not read, and no fault."""
    journal, stones = _filled(tmp_path)
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"version": 1, "id"')
    contents = journal.read()
    assert (contents.stones, contents.faults) == (stones, [])


def test_another_key_is_not_believed(tmp_path: Path) -> None:
    """What somebody else wrote is a fault; while keys are rotated the old one is believed too."""
    _, stones = _filled(tmp_path)
    stranger = TombstoneJournal(tmp_path, [OTHER]).read()
    assert (stranger.stones, len(stranger.faults)) == ([], 3)
    assert TombstoneJournal(tmp_path, [OTHER, KEY]).read().stones == stones


def _write(folder: Path, lines: int) -> None:
    for _ in range(lines):
        TombstoneJournal(folder, [KEY]).append(_stone())


def test_processes_write_one_after_the_other(tmp_path: Path) -> None:
    """Of several that write at the same time none spoils another's line or the chain."""
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write, args=(tmp_path, 20)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    contents = TombstoneJournal(tmp_path, [KEY]).read()
    assert (len(contents.stones), contents.faults) == (80, [])


def test_it_comes_whole_under_a_new_key(tmp_path: Path) -> None:
    """Then the old one is needed no more; what is written meanwhile and after follows."""
    _, stones = _filled(tmp_path)
    both = TombstoneJournal(tmp_path, [OTHER, KEY])
    assert (both.reseal(), both.reseal()) == (3, 0)
    both.append(more := _stone())
    contents = TombstoneJournal(tmp_path, [OTHER]).read()
    assert (contents.stones, contents.faults) == ([*stones, more], [])
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_what_cannot_be_believed_is_not_sealed_anew(tmp_path: Path) -> None:
    """Somebody else's line would be ours from then on."""
    _filled(tmp_path)
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(ConfigurationError, match="was not written under a key"):
        TombstoneJournal(tmp_path, [OTHER]).reseal()
    assert (tmp_path / FILE).read_bytes() == before


def _append_many(folder: Path) -> None:
    journal = TombstoneJournal(folder, [OTHER, KEY])
    for _ in range(30):
        journal.append(_stone())


def test_nothing_is_lost_that_is_written_while_it_changes_its_key(tmp_path: Path) -> None:
    """Whoever waited for the old file writes to the new one."""
    _filled(tmp_path)
    writers = [multiprocessing.get_context("spawn").Process(target=_append_many, args=(tmp_path,)) for _ in range(2)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        TombstoneJournal(tmp_path, [KEY, OTHER]).reseal()
        TombstoneJournal(tmp_path, [OTHER, KEY]).reseal()
    contents = TombstoneJournal(tmp_path, [OTHER, KEY]).read()
    assert (len(contents.stones), contents.faults) == (63, [])
