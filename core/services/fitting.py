"""What leaves in messages that its channel takes, whoever wrote it: the AI, or the tenant in his settings."""

from collections.abc import Mapping

from channels.base import Capabilities
from core.domain.splitting import split_text


class Fitting:
    """Cuts texts to each channel's measure; one of a channel that is not installed here stays whole."""

    def __init__(self, channels: Mapping[str, Capabilities]) -> None:
        """``channels``: what each can, by name."""
        self._channels = channels

    def pieces(self, channel: str, text: str) -> list[str]:
        """The text in order, in as many messages as the channel needs for it; none for a blank one."""
        can = self._channels.get(channel)
        if can is None:
            return [text] if text.strip() else []
        return split_text(text, can.text_limit, can.text_unit)
