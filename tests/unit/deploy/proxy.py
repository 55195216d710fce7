"""deploy/Caddyfile, read as far as the tests ask."""

import re

from tests.unit.deploy.compose import PROJECT

CADDYFILE = re.sub(r"^\s*#.*$", "", (PROJECT / "deploy" / "Caddyfile").read_text(), flags=re.MULTILINE)
"""Without its comments."""


def let_through() -> list[str]:
    """The patterns of paths that come from the world."""
    found = re.search(r"@served path (.+)", CADDYFILE)
    assert found is not None
    return found[1].split()


def passes(path: str) -> bool:
    """Whether one of the patterns holds for the path."""
    return any(path == one or (one.endswith("*") and path.startswith(one[:-1])) for one in let_through())
