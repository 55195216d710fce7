"""Finding the channels: every module of this package that exports ``CHANNEL`` is one."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Protocol

import aiohttp

import channels
from channels.base import Channel
from core.domain.errors import ConfigurationError


class ChannelFactory(Protocol):
    """What a channel's module exports as ``CHANNEL``."""

    def __call__(self, session: aiohttp.ClientSession, settings: Mapping[str, str]) -> Channel:
        """Build the channel; ``settings`` holds values under the names of their environment variables."""


def build_channels(session: aiohttp.ClientSession, settings: Mapping[str, str]) -> dict[str, Channel]:
    """Every channel under its name. A module that cannot be imported or built stops the start, loudly."""
    return build_from(channels, session, settings)


def build_from(package: ModuleType, session: aiohttp.ClientSession, settings: Mapping[str, str]) -> dict[str, Channel]:
    """The channels of one package, in the order of their modules."""
    found: dict[str, Channel] = {}
    for name, factory in _factories(package):
        channel = factory(session, settings)
        if channel.name != name:
            message = f"channels/{name}.py calls its channel {channel.name!r}: the two must be the same name"
            raise ConfigurationError(message)
        found[name] = channel
    return found


def _factories(package: ModuleType) -> Iterator[tuple[str, ChannelFactory]]:
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        factory = getattr(module, "CHANNEL", None)
        if factory is None:
            continue
        if not callable(factory):
            message = f"CHANNEL in channels/{info.name}.py is not something that builds a channel"
            raise ConfigurationError(message)
        yield info.name, factory
