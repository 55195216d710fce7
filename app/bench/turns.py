"""One round of turns through one worker process."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from app.bench.dialogue import Script
from app.bench.driving import drive
from app.bench.scenes import Scene
from app.bench.stage import Stage
from app.bench.turn_integrity import Seen, look
from app.embedded.keeping import LOOPBACK, free_port

_PLACES = "WORKER_TURNS"
_DEFAULT_PLACES = 500


@dataclass(frozen=True, slots=True)
class TurnRound:
    """What a round showed. ``cpu_ms`` by process, for a turn; ``in_flight`` and its most as the model's stand-in counted."""

    rate: float
    in_flight: float
    most_in_flight: int
    added_ms: Mapping[str, float]
    added_since_commit_ms: Mapping[str, float]
    cpu_ms: Mapping[str, float]
    rss_mb: Mapping[str, float]
    faults: list[str]


def play(stage: Stage, scene: Scene) -> TurnRound:
    """A fresh database, web and worker, one dialogue; then, with both processes ended, the accounts are checked."""
    claude, graph = free_port(), free_port()
    with stage.web() as (web, port), stage.worker(_beside(scene, claude, graph)) as worker:
        watched = {
            "worker": worker,
            "postgres": stage.postgres.pid or 0,
            "valkey": stage.valkey.pid or 0,
            "web": web,
        }
        script = Script(
            web_port=port,
            claude_port=claude,
            graph_port=graph,
            talking=scene.talking,
            rate=scene.rate,
            model=scene.model,
            warmup=scene.warmup,
            duration=scene.duration,
            tenants=stage.crowd.tenants,
            leads=stage.crowd.leads,
        )
        shown, used = drive("app.bench.dialogue", asdict(script), watched)
    left = asyncio.run(look(stage.database(), stage.valkey.url))
    turns = max(1, int(shown["answered"]))
    return TurnRound(
        rate=turns / float(shown["seconds"]),
        in_flight=float(shown["in_flight"]),
        most_in_flight=int(shown["most_in_flight"]),
        added_ms=shown["ms"],
        added_since_commit_ms=shown["ms_since_commit"],
        cpu_ms={name: one.cpu_seconds / turns * 1000 for name, one in used.items()},
        rss_mb={name: one.rss_mb for name, one in used.items()},
        faults=left.faults(Seen(**shown["seen"])) + _errors(stage),
    )


def _errors(stage: Stage) -> list[str]:
    found = stage.complaints("worker")
    return [f"{len(found)} errors in the worker's log, the first: {found[0]}"] if found else []


def _beside(scene: Scene, claude: int, graph: int) -> dict[str, str]:
    """Default settings but for where the stand-ins are and, when more leads talk than there are places, places."""
    places = {_PLACES: str(scene.talking)} if scene.talking > _DEFAULT_PLACES else {}
    return {
        "ANTHROPIC_BASE_URL": f"http://{LOOPBACK}:{claude}",
        "ANTHROPIC_API_KEY": "bench",
        "META_GRAPH_URL": f"http://{LOOPBACK}:{graph}",
        **places,
    }
