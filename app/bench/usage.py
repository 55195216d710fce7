"""CPU time and memory of process trees."""

from dataclasses import dataclass

import psutil

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process and all its children used until now."""

    cpu_seconds: float
    rss_mb: float

    def since(self, earlier: "Usage") -> "Usage":
        """The CPU time used since then, and the memory now."""
        return Usage(self.cpu_seconds - earlier.cpu_seconds, self.rss_mb)


def usage_of(pid: int) -> Usage:
    """Now; the time of children that ended counts too, shared memory counts in each process that maps it."""
    root = psutil.Process(pid)
    cpu = rss = 0.0
    for process in (root, *root.children(recursive=True)):
        try:
            times, memory = process.cpu_times(), process.memory_info()
        except psutil.NoSuchProcess:
            continue
        cpu += times.user + times.system + times.children_user + times.children_system
        rss += memory.rss / _MEGABYTE
    return Usage(cpu, rss)
