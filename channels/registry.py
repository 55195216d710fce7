"""Finding the channels: every module of this package that exports ``CHANNEL``, and ``SECRETS`` beside it, is one."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Protocol

import aiohttp

import channels
from channels.base import Channel, Secrets
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
    for name, factory, _ in _exports(package):
        channel = factory(session, settings)
        if channel.name != name:
            message = f"channels/{name}.py calls its channel {channel.name!r}: the two must be the same name"
            raise ConfigurationError(message)
        found[name] = channel
    return found


def needed_secrets() -> dict[str, Secrets]:
    """By each channel's name what its accounts are connected with."""
    return {name: secrets for name, _, secrets in _exports(channels)}


def _exports(package: ModuleType) -> Iterator[tuple[str, ChannelFactory, Secrets]]:
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        factory = getattr(module, "CHANNEL", None)
        if factory is None:
            continue
        if not callable(factory):
            message = f"CHANNEL in channels/{info.name}.py is not something that builds a channel"
            raise ConfigurationError(message)
        secrets = getattr(module, "SECRETS", None)
        if not isinstance(secrets, Secrets):
            message = f"channels/{info.name}.py says nothing in SECRETS of what its accounts are connected with"
            raise ConfigurationError(message)
        yield info.name, factory, secrets
