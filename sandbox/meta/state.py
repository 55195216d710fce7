"""What the emulator knows: registrations, who wrote when, what was sent to whom."""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass

from sandbox.inboxes import Inboxes
from sandbox.meta.config import MetaApp, MetaConfig, MetaSettings, PhoneNumber

WINDOW_SECONDS = 24 * 3600
WITH_NINTH_DIGIT = 13


def new_wamid(wa_id: str, *, inbound: bool) -> str:
    """A message id of the form that WhatsApp gives."""
    direction = b"\x12" if inbound else b"\x11"
    raw = b"\x1d" + bytes([len(wa_id)]) + wa_id.encode() + b"\x15\x02\x00" + direction + b"\x18\x14"
    return "wamid." + base64.b64encode(raw + secrets.token_hex(10).upper().encode() + b"\x00").decode()


def scoped_user_id(app_id: str, wa_id: str) -> str:
    """The business-scoped id of a person: the same for the same app and number, always."""
    digest = hashlib.sha256(f"{app_id}:{wa_id}".encode()).hexdigest()
    return f"BR.{int(digest[:16], 16)}"


def ninth_digit_twin(wa_id: str) -> str | None:
    """The other way to write a Brazilian mobile number: without the ninth digit, or with it."""
    if not wa_id.startswith("55"):
        return None
    if len(wa_id) == WITH_NINTH_DIGIT and wa_id[4] == "9":
        return wa_id[:4] + wa_id[5:]
    return wa_id[:4] + "9" + wa_id[4:] if len(wa_id) == WITH_NINTH_DIGIT - 1 else None


@dataclass(slots=True)
class Lead:
    """A person who wrote to a number; ``wa_id`` is empty for one who hides the phone."""

    wa_id: str
    user_id: str
    name: str
    username: str = ""
    last_inbound: float = 0.0

    @property
    def key(self) -> str:
        """What tells this lead from the number's others."""
        return self.wa_id or self.user_id


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that the emulator accepted for a lead."""

    seq: int
    at: float
    wamid: str
    phone_number_id: str
    to: str
    kind: str
    text: str
    callback: str
    context: str


class MetaState:
    """Everything that the emulator remembers, in memory."""

    def __init__(self, config: MetaConfig) -> None:
        self.apps: dict[str, MetaApp] = {app.app_id: app for app in config.apps}
        self.numbers: dict[str, PhoneNumber] = {number.phone_number_id: number for number in config.numbers}
        self.settings: MetaSettings = config.settings
        self.inboxes: Inboxes[SentMessage] = Inboxes()
        self._leads: dict[tuple[str, str], Lead] = {}

    def now(self) -> float:
        """The emulated time in seconds of the epoch."""
        return time.time() + self.settings.clock_offset_s

    def app_of(self, number: PhoneNumber) -> MetaApp | None:
        """The app that receives the number's webhooks."""
        return self.apps.get(number.app_id)

    def lead(self, phone_number_id: str, key: str) -> Lead | None:
        """The lead by phone, by its other Brazilian spelling, or by scoped user id."""
        found = self._leads.get((phone_number_id, key))
        twin = ninth_digit_twin(key)
        return found if found or not twin else self._leads.get((phone_number_id, twin))

    def remember(self, number: PhoneNumber, lead: Lead) -> Lead:
        """The lead under its keys; one known already takes over the newer name."""
        known = self._leads.get((number.phone_number_id, lead.key)) or lead
        known.name, known.username = lead.name or known.name, lead.username or known.username
        for key in filter(None, (known.wa_id, known.user_id)):
            self._leads[number.phone_number_id, key] = known
        return known

    def window_open(self, lead: Lead | None) -> bool:
        """Whether a free-form message to this lead may still be sent."""
        return lead is not None and self.now() - lead.last_inbound < WINDOW_SECONDS
