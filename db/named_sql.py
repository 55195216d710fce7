"""SQL that is worth reading lives in ``.sql`` files, named and described; here it is looked up."""

import re
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


def script(name: str) -> str:
    """The whole text of a migration's script in ``db/sql``."""
    return (_HERE / "sql" / name).read_text(encoding="utf-8")


@cache
def queries(file: str = "queries.sql") -> dict[str, str]:
    """Every named query of a file below ``db``: what stands between one ``-- name:`` line and the next."""
    parts = _NAME.split((_HERE / file).read_text(encoding="utf-8"))
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def query(name: str) -> str:
    """One named query of ``db/queries.sql``. Raises ``KeyError`` for a name that is not in the file."""
    return queries()[name]


def backup_query(name: str) -> str:
    """One of ``db/backup/queries.sql``: no process that serves anybody asks these."""
    return queries("backup/queries.sql")[name]
