"""``python -m sandbox``: the emulators as a process of their own."""

import argparse
import asyncio
import logging
import signal
from pathlib import Path

import uvloop

from sandbox.config import SandboxConfig, read_config
from sandbox.eventlog import EventLog
from sandbox.server import Listen, Sandbox

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
    parser.add_argument("--log", type=Path, help="append every event to this file, one JSON object a line")
    parser.add_argument("--config", type=Path, help="JSON file with apps, numbers, accounts, instances and settings")
    parser.add_argument("--ready-file", type=Path, help="write the addresses there once all listen")
    return parser


async def serve(config: SandboxConfig, listen: Listen, log: EventLog, ready_file: Path | None) -> None:
    """Run until SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    sandbox = Sandbox(config, listen, log)
    await sandbox.start()
    logger.info("%s", ", ".join(f"{name} {url}" for name, url in sandbox.urls.items()))
    if ready_file is not None:
        sandbox.write_ready_file(ready_file)
    await stopped.wait()
    await sandbox.stop()


def main() -> None:
    """Parse the command line and serve."""
    chosen = arguments().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    listen = Listen(
        chosen.host,
        chosen.meta_port,
        chosen.claude_port,
        instagram_port=chosen.instagram_port,
        zapi_port=chosen.zapi_port,
        telegram_port=chosen.telegram_port,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(read_config(chosen.config), listen, EventLog(chosen.log), chosen.ready_file))


if __name__ == "__main__":
    main()
