"""What a lead is given of himself: one ZIP of JSON files, of a version that is told in it (``docs/lead-archive.md``)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

FORMAT: Final = "reveza.lead"
VERSION: Final = 1
"""Raised when a file or a field goes, or means something else; what is added raises nothing."""
MANIFEST: Final = "manifest.json"
LEAD: Final = "lead.json"
CONSENTS: Final = "consents.json"
MEDIA_FOLDER: Final = "media/"
"""Where a message's file has its place; ``media.json`` says which are there."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file with a list: the named query that its entries are rows of. ``json``: columns that are JSON themselves."""

    file: str
    query: str
    json: frozenset[str] = field(default_factory=frozenset)


PARTS: Final = (
    Part("conversations.json", "archive_conversations"),
    Part("messages.json", "archive_messages"),
    Part("media.json", "archive_media"),
    Part("hand-offs.json", "archive_hand_offs"),
    Part("decisions.json", "archive_decisions", frozenset({"decision"})),
    Part("model-calls.json", "archive_model_calls"),
    Part("incidents.json", "archive_incidents"),
    Part("scores.json", "archive_scores"),
    Part("stages.json", "archive_stages"),
    Part("follow-ups.json", "archive_follow_ups"),
    Part("requests.json", "archive_requests"),
    Part("deeds.json", "archive_deeds"),
)
"""The lists, in the order in which they stand in the archive."""


def archive_name(lead_id: object) -> str:
    """What the file is called: nothing of the person, for names of files are seen by many."""
    return f"lead-{lead_id}.zip"


def manifest(*, made_at: str, business: str, lead_id: str, rows: Mapping[str, int]) -> dict[str, object]:
    """What the archive tells of itself."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": made_at,
        "business": business,
        "lead_id": lead_id,
        "files": [{"file": name, "entries": count} for name, count in rows.items()],
        "media": {"named": rows["media.json"], "stored": 0},
    }
