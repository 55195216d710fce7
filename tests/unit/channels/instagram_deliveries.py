"""Instagram deliveries made to order."""

import json
from typing import Any

ACCOUNT = "17840000000000001"
LEAD = "6610000000000001"
MID = "aWdfZAG1faXRlbToxOk1FU1NBR0U"
TIME = 1_790_000_000_123


def item(sender: str = LEAD, recipient: str = ACCOUNT, **what: Any) -> dict[str, Any]:
    """One element of ``messaging``."""
    return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": TIME, **what}


def message(sender: str = LEAD, recipient: str = ACCOUNT, **body: Any) -> dict[str, Any]:
    """An element with a message in it."""
    return item(sender, recipient, message={"mid": MID, "text": "oi", **body})


def delivery(*items: Any, place: str = "messaging", account: str = ACCOUNT, time: object = TIME) -> bytes:
    """A delivery of one entry."""
    return json.dumps({"object": "instagram", "entry": [{"id": account, "time": time, place: list(items)}]}).encode()
