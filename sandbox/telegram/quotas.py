"""How much a bot may send: so many messages a second in one chat, a minute in one group, a second in all."""

import math
from collections import defaultdict, deque

from sandbox.telegram.calls import Call
from sandbox.telegram.errors import too_many_requests
from sandbox.telegram.state import TelegramState

MINUTE = 60.0
SECOND = 1.0
COUNTED = ("send", "copy", "forward", "edit")
FREE = frozenset({"sendChatAction", "editForumTopic"})


class Quotas:
    """Counts what went through; a call beyond a limit is refused with the seconds to wait, and not counted."""

    def __init__(self, state: TelegramState) -> None:
        self._state = state
        self._times: dict[tuple[int, str, int], deque[float]] = defaultdict(deque)

    def spend(self, call: Call) -> None:
        """Count the call; ApiError 429 when it is one too many. All topics of a group share its limit."""
        if not self._state.settings.quotas or call.method in FREE or not call.method.startswith(COUNTED):
            return
        now = self._state.now()
        windows = self._windows(call)
        waits = [self._wait(key, most, seconds, now) for key, most, seconds in windows]
        if max(waits) > 0:
            raise too_many_requests(max(1, math.ceil(max(waits))))
        for key, _most, _seconds in windows:
            self._times[key].append(now)

    def _windows(self, call: Call) -> list[tuple[tuple[int, str, int], int, float]]:
        settings, bot_id = self._state.settings, call.account.id
        chat_id = call.params.integer("chat_id")
        windows = [
            ((bot_id, "all", 0), settings.overall_per_second, SECOND),
            ((bot_id, "chat", chat_id), settings.per_chat_per_second, SECOND),
        ]
        if chat_id < 0:
            windows.append(((bot_id, "group", chat_id), settings.per_group_per_minute, MINUTE))
        return windows

    def _wait(self, key: tuple[int, str, int], most: int, seconds: float, now: float) -> float:
        times = self._times[key]
        while times and times[0] <= now - seconds:
            times.popleft()
        return times[-most] + seconds - now if len(times) >= most else 0.0
