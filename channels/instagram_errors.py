"""What an error of Instagram's Send API means for a message, by its code and, where one code means many, its subcode."""

from typing import Final

from channels.meta_errors import GraphError
from core.domain.errors import ChannelStopped, SendError, SendNeedsTemplate, SendRefused, SendRetry

_RETRY: Final = frozenset({1, 2, 4, 17, 32, 613, 1200, 80002, 80006})
_STOPPED: Final = frozenset({0, 3, 10, 190, 368, *range(200, 300)})
_WINDOW_CLOSED: Final = frozenset({(10, 2534022), (10, 2018065), (10, 2018278)})
"""The first is Instagram's own; the others are the same sentence said by the Messenger Platform."""
_PERSON_AWAY: Final = frozenset({(10, 2018108), (200, 1545041)})
"""The person blocked the business or left: a permission's code, but nothing is wrong with the account."""


def judge(error: GraphError) -> type[SendError]:
    """The class of an error; one we do not know is the message's own fault."""
    named = (error.code, error.subcode)
    if named in _WINDOW_CLOSED:
        return SendNeedsTemplate
    if error.code in _RETRY:
        return SendRetry
    return ChannelStopped if error.code in _STOPPED and named not in _PERSON_AWAY else SendRefused
