"""Where in a delivery an event stands, and how to cut it out as a delivery of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from channels.meta_identity import Contacts
from channels.payload import identifier, mapping, sequence, write_json

_KEPT_ENTRY: Final = ("id", "time")
_KEPT_VALUE: Final = ("messaging_product", "metadata", "conversation_context")

_Wrap = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Scope:
    """The surroundings of an event: its account, the contact cards beside it, and how deep it lies.

    A delivery of one event is kept as the very bytes that came (``whole``); one of many is written
    again, event by event, so that reading such a slice gives that event once more.
    """

    entry: Mapping[str, Any]
    change: Mapping[str, Any]
    value: Mapping[str, Any]
    account: str | None
    business: str | None
    contacts: Contacts
    whole: bytes | None = None
    wrap: _Wrap | None = None
    thread: str | None = None

    def nested(self, inner: Mapping[str, Any]) -> "Scope":
        """The scope of what lies under ``standby``."""
        contacts = Contacts(sequence(inner.get("contacts"))) if "contacts" in inner else self.contacts
        return replace(self, contacts=contacts, wrap=lambda part: {"standby": part})

    def in_thread(self, chunk: Mapping[str, Any], thread: Mapping[str, Any]) -> "Scope":
        """The scope of one conversation of a chunk of history."""
        about = {name: part for name, part in chunk.items() if name not in {"threads", "errors"}}
        head = {name: part for name, part in thread.items() if name != "messages"}
        return replace(
            self,
            wrap=lambda part: {"history": [{**about, "threads": [{**head, "messages": part["messages"]}]}]},
            thread=identifier(thread.get("id")),
        )

    def raw_item(self, key: str, item: Any, contact: Mapping[str, Any] | None = None) -> bytes:
        """The bytes of one element of the list ``key``, with the contact card of its person."""
        if self.whole is not None:
            return self.whole
        part = {"contacts": [contact], key: [item]} if contact else {key: [item]}
        shared = {name: self.value[name] for name in _KEPT_VALUE if name in self.value}
        return self._write({**self.change, "value": {**shared, **(self.wrap(part) if self.wrap else part)}})

    def raw_change(self) -> bytes:
        """The bytes of the change as it is."""
        return self.whole if self.whole is not None else self._write(self.change)

    def _write(self, change: Mapping[str, Any]) -> bytes:
        entry = {name: self.entry[name] for name in _KEPT_ENTRY if name in self.entry}
        return write_json({"object": "whatsapp_business_account", "entry": [{**entry, "changes": [change]}]})


def scope_of(entry: Mapping[str, Any], change: Mapping[str, Any], whole: bytes | None) -> Scope:
    """The scope of a change; a hand-over names its account in another place than everything else."""
    value = mapping(change.get("value"))
    place = value.get("metadata") if "metadata" in value else value.get("recipient")
    return Scope(
        entry=entry,
        change=change,
        value=value,
        account=identifier(mapping(place).get("phone_number_id")),
        business=identifier(entry.get("id")),
        whole=whole,
        contacts=Contacts(sequence(value.get("contacts"))),
    )


def is_single(envelope: Mapping[str, Any]) -> bool:
    """Whether the delivery certainly holds one event and nobody else's contact card."""
    entries = sequence(envelope.get("entry"))
    changes = sequence(mapping(entries[0]).get("changes")) if len(entries) == 1 else []
    if len(changes) != 1:
        return False
    value = mapping(mapping(changes[0]).get("value"))
    held = sum(len(part) for name, part in value.items() if isinstance(part, list) and name != "contacts")
    nested = "standby" in value or "history" in value
    return held <= 1 and not nested and len(sequence(value.get("contacts"))) <= 1
