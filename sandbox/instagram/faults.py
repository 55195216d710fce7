"""What can be made to go wrong at Instagram's API and on the way of its webhooks."""

from typing import Literal

from sandbox.meta.faults import MetaFault

EchoMode = Literal["none", "early", "duplicate", "without_app"]

ON_ECHOES = frozenset({"echoes"})


class InstagramFault(MetaFault):
    """A rule for calls or for webhooks, as at the Graph API of WhatsApp; accounts are matched by ``account``.

    ``call`` in ``match`` is message, action, fetch, webhook_message, webhook_echo, webhook_read, webhook_raw or any.
    status: answer with error ``code``, ``subcode`` and HTTP ``http``. echoes: how the echo of an accepted message
    comes: not, before the answer, twice, or without naming the app.
    """

    action: Literal[  # type: ignore[assignment] # pydantic lets a model narrow what it takes
        "hold", "hold_before", "accept_then_cut", "cut", "status", "echoes", "drop", "delay", "duplicate", "shuffle"
    ]
    subcode: int | None = None
    mode: EchoMode = "none"  # type: ignore[assignment] # the same

    @classmethod
    def match_keys(cls) -> frozenset[str]:
        """The facts of calls and webhooks."""
        return frozenset({"text_contains", "account", "to", "call"})
