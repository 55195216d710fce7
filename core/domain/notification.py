"""What the team is told of, each kind with what its subject is."""

from enum import StrEnum


class NotificationKind(StrEnum):
    """What happened. The database refuses every other kind (``db/sql/0007_telling.up.sql``)."""

    HAND_OFF_CARD = "hand_off_card"
    """A hand-off begins."""
    LEAD_MESSAGE = "lead_message"
    """A message of the lead's that people are to answer."""
    ATTENDANT_MESSAGE = "attendant_message"
    """A message of somebody of the team."""
    TRANSFERRED = "transferred"
    """A conversation was passed on to a member, who is named in the payload."""
    SILENT_ATTENDANT = "silent_attendant"
    """A conversation whose lead waits for whoever has it; the payload names him, if anybody does."""
    DEAD_LETTER = "dead_letter"
    """A dead letter."""
    CHANNEL_STOPPED = "channel_stopped"
    """A channel account that its provider refuses."""
    BUDGET_REACHED = "budget_reached"
    """A hand-off, the first of a day that comes of the tenant's own budget being spent."""
    SPEND_LIMIT = "spend_limit"
    """A hand-off, the first of a day that comes of the model's provider refusing to be paid more."""
