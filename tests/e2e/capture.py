"""Keeps what a provider delivers: ``python -m tests.e2e.capture FOLDER``, behind a tunnel to this port.

Any path is taken. Meta's question whether the address is right is answered by ``META_VERIFY_TOKEN``.
"""

import os
import sys
from collections.abc import Mapping
from itertools import count
from pathlib import Path

from aiohttp import web

from channels.base import Credentials
from channels.meta_webhook import answer_challenge
from tests.e2e.deliveries import Delivery

PORT = 8090


def capture_app(folder: Path, environment: Mapping[str, str]) -> web.Application:
    """Writes each delivery to ``folder`` and answers 200."""
    numbers = count(1)
    credentials = Credentials("e2e", {"verify_token": environment.get("META_VERIFY_TOKEN", "")})

    async def keep(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        place = folder / f"delivery-{next(numbers):03}.http"
        Delivery(headers, await request.read()).write(place)
        print(place, flush=True)
        return web.Response()

    async def shake(request: web.Request) -> web.Response:
        challenge = answer_challenge(credentials, request.query)
        return web.Response(text=challenge or "", status=200 if challenge else 403)

    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.router.add_post("/{path:.*}", keep)
    app.router.add_get("/{path:.*}", shake)
    return app


if __name__ == "__main__":
    web.run_app(capture_app(Path(sys.argv[1]), os.environ), host="127.0.0.1", port=PORT)
