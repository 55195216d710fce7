"""What the leads' phones show, told by the emulators' own events."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Literal

from sandbox.page_server.channels import Channel, channel_of
from sandbox.wire import JsonObject, text_at

Side = Literal["lead", "business", "owner"]
Tick = Literal["sent", "delivered", "read"]
TYPING_SECONDS = 25.0
"""How long a phone shows that the other side types, unless words come."""
MOST_KEPT = 500
_ORDER: tuple[Tick, ...] = ("sent", "delivered", "read")


@dataclass(slots=True)
class Bubble:
    """One message on a phone. Ticks are the lead's: how far his words have come."""

    id: str
    side: Side
    text: str
    at: float
    tick: Tick = "sent"


@dataclass(slots=True)
class Thread:
    """A lead's conversation with the business on one channel."""

    channel: str
    account: str
    lead: str
    name: str
    revision: int = 0
    typing_until: float = 0.0
    bubbles: list[Bubble] = field(default_factory=list)

    def as_json(self) -> JsonObject:
        """To draw it."""
        return asdict(self)

    def bubble(self, message_id: str) -> Bubble | None:
        """The message with this id."""
        return next((bubble for bubble in reversed(self.bubbles) if bubble.id == message_id), None)


@dataclass(frozen=True, slots=True)
class _Told:
    """One event, read."""

    channel: Channel
    thread: Thread
    ids: list[str]
    body: JsonObject

    @property
    def at(self) -> float:
        at = self.body.get("at")
        return at if isinstance(at, float) else 0.0


class Phones:
    """Every thread there is; ``take`` is told all events in their order."""

    def __init__(self) -> None:
        self.revision = 0
        self._threads: dict[tuple[str, str, str], Thread] = {}
        self._queued: dict[str, str] = {}
        """Words that Z-API took and that have not left for the phone yet, by message."""
        self._takes: dict[str, Callable[[_Told], None]] = {
            "lead_wrote": self._lead_wrote,
            "owner_wrote": self._owner_wrote,
            "send_accepted": self._send_accepted,
            "send_left": self._send_left,
            "webhook_acked": self._webhook_acked,
            "read_marked": self._read_marked,
            "action_shown": self._action_shown,
        }

    def open(self, channel: str, account: str, lead: str, name: str = "") -> Thread:
        """The thread, made where there is none."""
        key = (channel, account, lead)
        thread = self._threads.get(key)
        if thread is None:
            thread = self._threads[key] = Thread(channel, account, lead, name or lead)
            self._touch(thread)
        return thread

    def find(self, channel: str, account: str, lead: str) -> Thread | None:
        """The thread, if there is one."""
        return self._threads.get((channel, account, lead))

    def newer(self, revision: int) -> list[Thread]:
        """The threads that changed after a revision, as they were made."""
        return [thread for thread in self._threads.values() if thread.revision > revision]

    def take(self, event: str, body: JsonObject) -> None:
        """Something happened at an emulator."""
        taking = self._takes.get(event)
        channel = channel_of(body) if taking is not None else None
        if taking is None or channel is None:
            return
        thread = self._thread(channel, body)
        if thread is not None:
            taking(_Told(channel, thread, channel.ids(body), body))

    def _thread(self, channel: Channel, body: JsonObject) -> Thread | None:
        """Whose phone it is: the lead's that is named, or the one with the message."""
        account = text_at(body, channel.account_key)
        known = [thread for thread in self._of(channel, account) if any(map(thread.bubble, channel.ids(body)))]
        if known:
            return known[0]
        lead = text_at(body, "lead")
        return self.open(channel.name, account, lead) if lead else None

    def _of(self, channel: Channel, account: str) -> Iterator[Thread]:
        return (t for t in self._threads.values() if (t.channel, t.account) == (channel.name, account))

    def _lead_wrote(self, told: _Told) -> None:
        self._add(told, "lead", text_at(told.body, "text"))

    def _owner_wrote(self, told: _Told) -> None:
        if told.channel.name == "zapi":
            self._queued[told.ids[0]] = text_at(told.body, "text")
        else:
            self._add(told, "owner", text_at(told.body, "text"))

    def _send_accepted(self, told: _Told) -> None:
        if told.channel.name == "zapi":
            self._queued[told.ids[0]] = text_at(told.body, "text")
        else:
            self._add(told, "business", text_at(told.body, "text"))

    def _send_left(self, told: _Told) -> None:
        words = self._queued.pop(told.ids[0], "")
        self._add(told, "owner" if text_at(told.body, "author") == "phone" else "business", words)

    def _webhook_acked(self, told: _Told) -> None:
        if text_at(told.body, "status_kind") == "failed":
            told.thread.bubbles = [bubble for bubble in told.thread.bubbles if bubble.id not in told.ids]
            self._touch(told.thread)
        elif text_at(told.body, "kind") in ("message", "received", "raw"):
            self._tick(told, "delivered")

    def _read_marked(self, told: _Told) -> None:
        self._tick(told, "read", earlier=True)
        if told.body.get("typing") is True:
            self._types(told)

    def _action_shown(self, told: _Told) -> None:
        match text_at(told.body, "action"):
            case "mark_seen":
                self._read(told.thread, told.thread.bubbles)
            case "typing_on":
                self._types(told)
            case "typing_off":
                told.thread.typing_until = 0.0
                self._touch(told.thread)
            case _:
                pass

    def _add(self, told: _Told, side: Side, text: str) -> None:
        thread = told.thread
        known = thread.bubble(told.ids[0]) if told.ids else None
        if known is not None:
            known.text = text
        else:
            thread.bubbles.append(Bubble(told.ids[0] if told.ids else "", side, text, told.at))
            del thread.bubbles[:-MOST_KEPT]
        if side != "lead":
            thread.typing_until = 0.0
        self._touch(thread)

    def _tick(self, told: _Told, tick: Tick, *, earlier: bool = False) -> None:
        """The messages named, and with ``earlier`` all before them, have come so far; ticks never go back."""
        places = [place for place, bubble in enumerate(told.thread.bubbles) if bubble.id in told.ids]
        if not places:
            return
        bubbles = told.thread.bubbles[: places[-1] + 1] if earlier else [told.thread.bubbles[p] for p in places]
        self._forward(told.thread, bubbles, tick)

    def _read(self, thread: Thread, bubbles: list[Bubble]) -> None:
        self._forward(thread, bubbles, "read")

    def _forward(self, thread: Thread, bubbles: list[Bubble], tick: Tick) -> None:
        for bubble in bubbles:
            if bubble.side == "lead" and _ORDER.index(tick) > _ORDER.index(bubble.tick):
                bubble.tick = tick
        self._touch(thread)

    def _types(self, told: _Told) -> None:
        told.thread.typing_until = told.at + TYPING_SECONDS
        self._touch(told.thread)

    def _touch(self, thread: Thread) -> None:
        self.revision += 1
        thread.revision = self.revision
