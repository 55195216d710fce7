"""``python -m sandbox``: the emulators, and the page over them, as a process of their own."""

import argparse
import asyncio
import logging
import os
import signal
from pathlib import Path

import uvloop

from sandbox.config import read_config
from sandbox.eventlog import EventLog
from sandbox.page_server.decisions import Inspector
from sandbox.server import EMULATORS, Listen, Sandbox

INSPECTOR_TOKEN = "SANDBOX_INSPECTOR_TOKEN"  # noqa: S105 - a variable's name
"""The variable with the token of ``--inspector-url``: arguments are there for everyone to read."""
logger = logging.getLogger("sandbox")


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="sandbox", description="Emulators of WhatsApp Cloud API, Instagram, Z-API, Telegram and Claude Messages."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--meta-port", type=int, default=8091, help="port of the Graph API, 0 for a free one")
    parser.add_argument("--claude-port", type=int, default=8092, help="port of the Messages API, 0 for a free one")
    parser.add_argument("--instagram-port", type=int, default=0, help="port of Instagram's API, by default a free one")
    parser.add_argument("--zapi-port", type=int, default=0, help="port of Z-API, by default a free one")
    parser.add_argument("--telegram-port", type=int, default=0, help="port of the Bot API, by default a free one")
    parser.add_argument("--page-port", type=int, help="port of the page, 0 for a free one; without it there is none")
    parser.add_argument("--emulators", default=",".join(EMULATORS), help="the ones to serve (default: %(default)s)")
    parser.add_argument("--inspector-url", help=f"who tells the page of decisions; its token is in {INSPECTOR_TOKEN}")
    parser.add_argument("--log", type=Path, help="append every event to this file, one JSON object a line")
    parser.add_argument("--config", type=Path, help="JSON file with apps, numbers, accounts, instances and settings")
    parser.add_argument("--ready-file", type=Path, help="write the addresses there once all listen")
    return parser


async def serve(sandbox: Sandbox, ready_file: Path | None) -> None:
    """Run until SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await sandbox.start()
    logger.info("%s", ", ".join(f"{name} {url}" for name, url in sandbox.urls.items()))
    if sandbox.page_url is not None:
        logger.info("the page is at %s", sandbox.page_url)
    if ready_file is not None:
        sandbox.write_ready_file(ready_file)
    await stopped.wait()
    await sandbox.stop()


def listen_of(chosen: argparse.Namespace) -> Listen:
    """Where the command line wants everything. ValueError for an emulator that there is not."""
    wanted = tuple(filter(None, chosen.emulators.split(",")))
    if unknown := set(wanted) - set(EMULATORS):
        message = f"no such emulator: {', '.join(sorted(unknown))}"
        raise ValueError(message)
    return Listen(
        chosen.host,
        chosen.meta_port,
        chosen.claude_port,
        instagram_port=chosen.instagram_port,
        zapi_port=chosen.zapi_port,
        telegram_port=chosen.telegram_port,
        page_port=chosen.page_port,
        emulators=wanted,
    )


def main() -> None:
    """Parse the command line and serve."""
    parser = arguments()
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    inspector = Inspector(chosen.inspector_url, os.environ.get(INSPECTOR_TOKEN, "")) if chosen.inspector_url else None
    try:
        sandbox = Sandbox(read_config(chosen.config), listen_of(chosen), EventLog(chosen.log), inspector)
    except ValueError as error:
        parser.error(str(error))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(sandbox, chosen.ready_file))


if __name__ == "__main__":
    main()
