"""How each emulator names its accounts, its leads and its messages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sandbox.config import SandboxConfig
from sandbox.wire import JsonObject, is_array, text_at


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel: the emulator behind it and the words that its events and control calls use."""

    name: str
    emulator: str
    account_key: str
    id_keys: tuple[str, ...]

    def ids(self, event: JsonObject) -> list[str]:
        """The messages that an event is about."""
        found: list[str] = []
        for key in self.id_keys:
            value = event.get(key)
            if isinstance(value, str):
                found.append(value)
            elif is_array(value):
                found += [one for one in value if isinstance(one, str)]
        return found


META = Channel("meta_whatsapp", "meta", "phone_number_id", ("wamid", "wamids"))
ZAPI = Channel("zapi", "zapi", "instance_id", ("message_id",))
INSTAGRAM = Channel("instagram", "instagram", "account", ("mid", "mids"))
CHANNELS: Mapping[str, Channel] = {channel.name: channel for channel in (META, ZAPI, INSTAGRAM)}


def channel_of(event: JsonObject) -> Channel | None:
    """The channel that an event belongs to, told by what it calls its account."""
    return next((channel for channel in CHANNELS.values() if text_at(event, channel.account_key)), None)


@dataclass(frozen=True, slots=True)
class BusinessAccount:
    """The business on one channel: its name, and the number or handle that people see there."""

    channel: str
    account: str
    name: str
    shown: str


def accounts_of(config: SandboxConfig, emulators: Iterable[str]) -> list[BusinessAccount]:
    """The first account of each channel that is emulated."""
    first = {
        META: next(
            ((one.phone_number_id, one.verified_name, one.display_phone_number) for one in config.meta.numbers), None
        ),
        ZAPI: next(((one.instance_id, one.name, one.phone) for one in config.zapi.instances), None),
        INSTAGRAM: next(((one.account, one.username, f"@{one.username}") for one in config.instagram.accounts), None),
    }
    served = set(emulators)
    return [
        BusinessAccount(channel.name, *found)
        for channel, found in first.items()
        if found is not None and channel.emulator in served
    ]


def mini_app_origins(config: SandboxConfig) -> set[str]:
    """Where the bots' main Mini Apps are: what the page may show in its frame."""
    addresses = [urlsplit(bot.main_web_app_url) for bot in config.telegram.bots if bot.main_web_app_url]
    return {f"{one.scheme}://{one.netloc}" for one in addresses}
