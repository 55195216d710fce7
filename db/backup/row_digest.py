"""What the rows of a table add up to, in whatever order they come."""

from hashlib import blake2b
from typing import Final

_BYTES: Final = 16


class RowDigest:
    """Fed with COPY's text in pieces of any size. Every row is one line there: COPY escapes line ends within one.

    The digests of the rows are added, so that a table that was loaded anew, whose rows lie elsewhere, adds up to the
    same. It finds what breaks by itself, not what somebody forges: whoever can change the file can change its sums.
    """

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0
        self._begun = b""

    def add(self, piece: bytes) -> None:
        """The next bytes."""
        lines = (self._begun + piece).split(b"\n")
        self._begun = lines.pop()
        self.rows += len(lines)
        self._sum += sum([int.from_bytes(blake2b(line, digest_size=_BYTES).digest()) for line in lines])

    @property
    def is_whole(self) -> bool:
        """Whether what was fed ends with a row's end."""
        return not self._begun

    @property
    def value(self) -> str:
        """As it is kept."""
        return f"{self._sum % (1 << 8 * _BYTES):032x}"
