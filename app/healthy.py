"""``python -m app.healthy PORT``: whether the process of this container lives; a container's health check.

Imports the standard library alone: it is started anew every few seconds.
"""

import http.client
import sys
from http import HTTPStatus

_SECONDS = 4.0


def main(arguments: list[str]) -> int:
    """0 when ``/healthz`` on that port of this machine answers, else 1 and the reason."""
    connection = http.client.HTTPConnection("127.0.0.1", int(arguments[0]), timeout=_SECONDS)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"no answer: {error}\n")
        return 1
    finally:
        connection.close()
    if status != HTTPStatus.OK:
        sys.stderr.write(f"/healthz answers {status}\n")
    return 0 if status == HTTPStatus.OK else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
