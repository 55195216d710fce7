"""What a process does that ``reveza up`` started: end in order when its supervisor is gone."""

import os
import signal
import sys
import threading
import time

SUPERVISOR = "REVEZA_SUPERVISOR_PID"
"""The variable in which the supervisor tells its children its process number."""
_LOOK_SECONDS = 0.5


def watch_supervisor() -> None:
    """Where the kernel cannot signal us at our parent's death (anywhere but Linux), look now and then."""
    supervisor = os.environ.get(SUPERVISOR)
    if supervisor and sys.platform != "linux":
        threading.Thread(target=_watch, args=(int(supervisor),), daemon=True).start()


def _watch(supervisor: int) -> None:
    while os.getppid() == supervisor:
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
