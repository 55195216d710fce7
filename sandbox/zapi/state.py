"""What the emulator knows: instances, people, what was sent to whom, and what waits for a phone to come back."""

import hashlib
import re
import secrets
import time
from collections import defaultdict
from dataclasses import dataclass

from sandbox.inboxes import Inboxes
from sandbox.zapi.config import Instance, ZapiConfig, ZapiSettings

LONGEST_QUEUE = 1000
WITH_NINTH_DIGIT = 13
_BRAZIL_MOBILE = re.compile(r"(55\d\d)9([6-9]\d{7})\Z")


def new_message_id() -> str:
    """A message id as a linked device makes them."""
    return "3EB0" + secrets.token_hex(9).upper()


def new_zaap_id() -> str:
    """The id of an entry of the queue."""
    return secrets.token_hex(16).upper()


def lid_of(phone: str) -> str:
    """The LID of a person: the same for the same number, always, and not to be turned back."""
    return f"{int(hashlib.sha256(phone.encode()).hexdigest()[:12], 16)}@lid"


def without_ninth_digit(phone: str) -> str:
    """How WhatsApp itself names most Brazilian mobile numbers."""
    return _BRAZIL_MOBILE.sub(r"\1\2", phone)


@dataclass(slots=True)
class Contact:
    """A person; ``phone`` is the number as WhatsApp has it, empty for one of whom only the LID is known."""

    phone: str
    lid: str
    name: str = ""

    @property
    def key(self) -> str:
        """How the person's chat is addressed."""
        return self.phone or self.lid


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that Z-API took into its queue."""

    seq: int
    at: float
    message_id: str
    zaap_id: str
    instance_id: str
    to: str
    kind: str
    text: str
    reply_to: str
    delay_typing: int
    author: str
    """``api``, or ``phone`` for what the owner wrote by hand."""


class ZapiState:
    """Everything that the emulator remembers, in memory."""

    def __init__(self, config: ZapiConfig) -> None:
        self.instances: dict[str, Instance] = {instance.instance_id: instance for instance in config.instances}
        self.settings: ZapiSettings = config.settings
        self.inboxes: Inboxes[SentMessage] = Inboxes()
        self.queues: dict[str, list[SentMessage]] = defaultdict(list)
        """By instance, what waits for its phone: it leaves when the phone is back, however late that is."""
        self._contacts: dict[tuple[str, str], Contact] = {}

    def now(self) -> float:
        """The emulated time in seconds of the epoch."""
        return time.time() + self.settings.clock_offset_s

    def change(self, instance_id: str, **values: object) -> Instance:
        """The instance with other values."""
        changed = self.instances[instance_id].model_copy(update=values)
        self.instances[instance_id] = changed
        return changed

    def contact(self, instance_id: str, address: str) -> Contact | None:
        """The person by phone, in either Brazilian spelling, or by LID."""
        return self._contacts.get((instance_id, without_ninth_digit(address)))

    def remember(self, instance_id: str, contact: Contact) -> Contact:
        """The person under phone and LID; one known already takes over what is new."""
        known = self.contact(instance_id, contact.lid) or self.contact(instance_id, contact.phone) or contact
        known.name, known.phone = contact.name or known.name, contact.phone or known.phone
        for key in filter(None, (known.phone, known.lid)):
            self._contacts[instance_id, without_ninth_digit(key)] = known
        return known
