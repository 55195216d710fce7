"""What a visitor of the page may break, and mend again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.page_server.emulators import Emulators
from sandbox.wire import JsonObject, is_array, is_object


@dataclass(frozen=True, slots=True)
class Switch:
    """One fault rule at one emulator, armed until it is taken away."""

    emulator: str
    rule: JsonObject = field(default_factory=dict)


def _away(**more: object) -> JsonObject:
    return {"action": "status", "match": {"call": "any"}, "http": 503, "times": None, **more}


SWITCHES: Mapping[str, Switch] = {
    "meta_down": Switch("meta", _away(code=133004)),
    "zapi_down": Switch("zapi", _away(error="Service Unavailable")),
    "instagram_down": Switch("instagram", _away(code=2)),
    "telegram_limited": Switch("telegram", {"action": "status", "http": 429, "retry_after": 5, "times": None}),
    "telegram_down": Switch("telegram", {"action": "down"}),
    "claude_down": Switch("claude", {"action": "status", "http": 529, "times": None}),
}


class SwitchBoard:
    """Turns faults on and off. What is on, the emulators' own lists say: others may arm and disarm too."""

    def __init__(self, emulators: Emulators) -> None:
        self._emulators = emulators
        self._armed: dict[str, int] = {}

    async def state(self) -> dict[str, bool]:
        """The switches there are, and which are on."""
        names = [name for name, switch in SWITCHES.items() if switch.emulator in self._emulators.names]
        armed = {emulator: await self._ids(emulator) for emulator in {SWITCHES[name].emulator for name in names}}
        return {name: self._armed.get(name) in armed[SWITCHES[name].emulator] for name in names}

    async def turn(self, name: str, *, on: bool) -> None:
        """Break or mend one thing; what is so already stays so."""
        switch = SWITCHES.get(name)
        if switch is None:
            raise web.HTTPNotFound(text="no such switch")
        if (await self.state()).get(name) == on:
            return
        if on:
            made = await self._emulators.post(switch.emulator, "faults", switch.rule)
            rule_id = made["id"]
            assert isinstance(rule_id, int), "the desk numbers its rules"  # noqa: S101 - see FaultDesk
            self._armed[name] = rule_id
        else:
            await self._emulators.delete(switch.emulator, "faults", id=self._armed.pop(name))

    async def all_off(self) -> None:
        """Mend everything."""
        for name, on in (await self.state()).items():
            if on:
                await self.turn(name, on=False)

    async def _ids(self, emulator: str) -> set[int]:
        listed = (await self._emulators.get(emulator, "faults"))["faults"]
        rules = [rule for rule in listed if is_object(rule)] if is_array(listed) else []
        return {rule_id for rule in rules if isinstance(rule_id := rule["id"], int)}
