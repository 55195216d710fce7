"""What a run of ``reveza up`` is made of: where each part listens, and what its processes are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app import emulated
from app.embedded.keeping import LOOPBACK, free_port, read_json, write_json
from app.local import secret_key, web_port
from app.supervisor import Program
from core.domain.errors import ConfigurationError

_INSPECTOR_TOKEN: Final = "SANDBOX_INSPECTOR_TOKEN"  # noqa: S105 - the variable in which the sandbox looks for it


@dataclass(frozen=True, slots=True)
class RunPlan:
    """Where the parts listen; ``environment`` holds what no setting gives. Without emulators there is no page."""

    web: str
    environment: Mapping[str, str] = field(repr=False)
    emulators: Mapping[str, str] = field(default_factory=dict)
    page: str | None = None

    @property
    def probes(self) -> list[str]:
        """Addresses that answer once everything is there."""
        health = [f"{url}/_sandbox/health" for url in self.emulators.values()]
        return [f"{self.web}/readyz", *health, *([f"{self.page}/"] if self.page else [])]


def plan_run(
    folder: Path, given: Mapping[str, str], servers: Mapping[str, str], *, port: int | None, sandbox: bool
) -> RunPlan:
    """Choose ports and keys. ``given``: the settings there are; ``servers``: where the embedded ones listen.

    Raises ``ConfigurationError`` for emulators beside what says that it is in production.
    """
    web_at = web_port(folder, given, port)
    host = given.get("WEB_HOST", LOOPBACK)
    made = {"WEB_PORT": str(web_at), **servers}
    if "REVEZA_SECRET_KEY" not in given:
        made["REVEZA_SECRET_KEY"] = secret_key(folder)
    web = f"http://{LOOPBACK if host in {'0.0.0.0', '::'} else host}:{web_at}"  # noqa: S104 compared, not listened on
    names = [name for name, setting in emulated.REPLACED_BY.items() if setting not in given]
    if not (sandbox and names):
        return RunPlan(web, made)
    if given.get("REVEZA_ENV") == "production":
        message = "REVEZA_ENV is production: start `./reveza up --no-sandbox`, emulators are no place for real leads"
        raise ConfigurationError(message)
    return _with_emulators(folder, web, made, names)


def sandbox_program(plan: RunPlan, folder: Path, inspector_url: str, inspector_token: str) -> Program:
    """The process of the emulators and the page."""
    (folder / "sandbox.log").touch(mode=0o600)  # it holds what leads wrote
    ports = [word for name, url in plan.emulators.items() for word in (f"--{name}-port", _port_of(url))]
    page = ("--page-port", _port_of(str(plan.page)), "--inspector-url", inspector_url)
    files = ("--config", str(folder / "sandbox.json"), "--log", str(folder / "sandbox.log"))
    listen = ("--host", LOOPBACK, "--emulators", ",".join(plan.emulators), *ports, *page)
    environment = {_INSPECTOR_TOKEN: inspector_token}
    return Program("sandbox", ("-m", "sandbox", *listen, *files), stop_seconds=5, environment=environment)


def _with_emulators(folder: Path, web: str, made: Mapping[str, str], names: list[str]) -> RunPlan:
    """Real tokens replace the emulators one by one."""
    account = emulated.EmulatedAccount.kept(folder)
    emulated.write_sandbox_config(account, folder / "sandbox.json", web)
    urls = {name: f"http://{LOOPBACK}:{free_port()}" for name in names}
    page = _page_port(folder)
    environment = {
        **made,
        **emulated.child_settings(account, urls),
        emulated.FILE_VARIABLE: str(emulated.file_of(folder)),
        emulated.EMULATORS_VARIABLE: ",".join(names),
        **(_panel(web, page) if "telegram" in names else {}),
    }
    return RunPlan(web, environment, urls, f"http://{LOOPBACK}:{page}")


def _panel(web: str, page: int) -> dict[str, str]:
    """The page stands in for Telegram's client; it may be opened under either name of this machine."""
    return {"PUBLIC_URL": web, "MINIAPP_FRAMED_BY": f"http://{LOOPBACK}:{page} http://localhost:{page}"}


def _page_port(folder: Path) -> int:
    """The same between runs where it is free, so that an open page finds the next run."""
    kept = folder / "page.json"
    port = free_port(read_json(kept).get("port"))
    write_json(kept, {"port": port})
    return port


def _port_of(url: str) -> str:
    return url.rpartition(":")[2]
