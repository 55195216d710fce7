"""How this system connects to Redis (or Valkey): timeouts, and the commands it needs and no others."""

from typing import Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

STREAM: Final = "reveza:queue"
GROUP: Final = "workers"

ACL_COMMANDS: Final = (
    "-@all",
    "+auth",
    "+hello",
    "+ping",
    "+client|setinfo",
    "+client|setname",
    "+xadd",
    "+xlen",
    "+xread",
    "+xreadgroup",
    "+xautoclaim",
    "+xclaim",
    "+xpending",
    "+xack",
    "+xdel",
    "+xgroup",
    "+xinfo",
    "+eval",
    "+xrange",
    "+xrevrange",
    "+expire",
    "+publish",
    "+subscribe",
    "+unsubscribe",
)
"""The command rules of an ACL user that runs the queue and live events. Its key rule is ``~reveza:*``, its channel rule
``&reveza:*``.
"""


def queue_client(url: str, *, name: str = "reveza-worker") -> Redis:
    """Make the client of a worker's broker: patient reads; retries are the broker's, which never gives up."""
    return _client(url, name, answer=10.0, connect=2.0)


def publisher_client(url: str, *, name: str = "reveza-publisher") -> Redis:
    """Make the client of a publisher: one quick try, since a lost nudge is found by the sweeper."""
    return _client(url, name, answer=0.2, connect=0.2)


def _client(url: str, name: str, *, answer: float, connect: float) -> Redis:
    return Redis.from_url(
        url,
        # Replies to stream commands have another shape in RESP3.
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        client_name=name,
        socket_timeout=answer,
        socket_connect_timeout=connect,
        socket_keepalive=True,
        decode_responses=False,
    )
