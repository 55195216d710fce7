"""Runs a generator of load as a process of its own, and reads what the watched processes used when it says so."""

import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import orjson

from app.bench.usage import Usage, usage_of
from app.embedded.processes import die_with_parent
from app.running import PROJECT
from core.domain.errors import Unavailable


def drive(
    module: str, plan: Mapping[str, object], watched: Mapping[str, int]
) -> tuple[dict[str, Any], dict[str, Usage]]:
    """Play ``plan`` to its end; gives what the generator found and what each process used while it measured."""
    generator = subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 one thread here
    )
    try:
        with generator:
            return _followed(generator, plan, {**watched, "load": generator.pid})
    finally:
        generator.kill()


def _followed(
    generator: subprocess.Popen[bytes], plan: Mapping[str, object], watched: Mapping[str, int]
) -> tuple[dict[str, Any], dict[str, Usage]]:
    assert generator.stdin is not None  # noqa: S101 asked for above
    assert generator.stdout is not None  # noqa: S101 asked for above
    generator.stdin.write(orjson.dumps(plan) + b"\n")
    generator.stdin.close()
    before: dict[str, Usage] = {}
    used: dict[str, Usage] = {}
    for line in generator.stdout:
        told = orjson.loads(line)
        if told["now"] == "done":
            return told, used
        now = {name: usage_of(pid) for name, pid in watched.items()}
        if told["now"] == "measuring":
            before = now
        else:
            used = {name: one.since(before[name]) for name, one in now.items()}
    message = "the load generator ended early"
    raise Unavailable(message)
