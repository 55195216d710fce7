"""The document that the managers' pages have their types from."""

import json
from pathlib import Path

from app.described import described_api

KEPT = json.loads(Path("miniapp/web/openapi.json").read_text())


async def test_the_pages_know_the_api_as_it_is() -> None:
    """What they keep is what the API says of itself; `./reveza miniapp openapi` writes it anew."""
    assert await described_api() == KEPT
