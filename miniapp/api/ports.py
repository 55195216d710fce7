"""What the API needs of the outside world besides services; the composition root puts something behind it."""

from typing import Protocol


class BotName(Protocol):
    """The name under which Telegram's users find the installation's bot."""

    async def __call__(self) -> str:
        """The name, without the @. Raises ``Unavailable`` when Telegram does not tell it now."""
