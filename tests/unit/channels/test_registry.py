"""Finding channels: a new file is enough, a broken one is not passed over."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import aiohttp
import pytest

from channels.meta_whatsapp import MetaWhatsApp
from channels.registry import build_channels, build_from, needed_secrets
from core.domain.errors import ConfigurationError

SECRETS = "from channels.base import Secrets\nSECRETS = Secrets({'key': 'PIGEON_KEY'}, {'ring': 'PIGEON_RING'})\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    (tmp_path / "made_channels").mkdir()
    (tmp_path / "made_channels" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("made_channels")
    for name in [name for name in sys.modules if name.startswith("made_channels")]:
        del sys.modules[name]


def _write(package: ModuleType, name: str, source: str) -> None:
    [folder] = package.__path__
    (Path(folder) / f"{name}.py").write_text(source)
    importlib.invalidate_caches()


async def test_whatsapp_is_found() -> None:
    """The real package holds WhatsApp under its name."""
    async with aiohttp.ClientSession() as session:
        assert isinstance(build_channels(session, {})["meta_whatsapp"], MetaWhatsApp)


async def test_a_new_module_is_a_new_channel(package: ModuleType) -> None:
    """One file that exports CHANNEL is found; one that does not is passed over."""
    _write(
        package, "pigeon", f"class Pigeon:\n  name = 'pigeon'\nCHANNEL = lambda session, settings: Pigeon()\n{SECRETS}"
    )
    _write(package, "feathers", "COLOUR = 'grey'\n")
    async with aiohttp.ClientSession() as session:
        assert list(build_from(package, session, {})) == ["pigeon"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import nothing_of_this_name", ModuleNotFoundError),
        ("CHANNEL = 7", ConfigurationError),
        (f"class Raven:\n  name = 'raven'\nCHANNEL = lambda session, settings: Raven()\n{SECRETS}", ConfigurationError),
        ("CHANNEL = lambda session, settings: None", ConfigurationError),
    ],
    ids=["import", "not-callable", "other-name", "no-secrets"],
)
async def test_a_broken_module_is_loud(package: ModuleType, source: str, expected: type[Exception]) -> None:
    """A channel that cannot be built stops everything, by name."""
    _write(package, "pigeon", source)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(expected, match=r"pigeon|nothing_of_this_name"):
            build_from(package, session, {})


def test_every_channel_says_what_it_is_connected_with() -> None:
    """What verifies its deliveries, and what sending through an account needs."""
    assert [name for name, needed in needed_secrets().items() if not (needed.credentials and needed.account)] == []
