"""One tree of errors: the class decides whether to retry, which HTTP status, and what a person is told."""

from datetime import timedelta
from typing import ClassVar

from core.domain.prompt import ModelCall


class RevezaError(Exception):
    """Every error that Reveza raises on purpose.

    ``status`` is the HTTP status an entry point answers with; ``code`` is the stable name
    under which locale files hold the sentence a person sees.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"


class ConfigurationError(RevezaError):
    """A setting is missing or wrong; the message names the variable and the mend."""

    code = "configuration"


class BadRequest(RevezaError):
    """What came in cannot be read; the message names the thing and the mend."""

    status = 400
    code = "bad_request"


class Unauthorized(RevezaError):
    """Who is calling could not be verified."""

    status = 401
    code = "unauthorized"


class Forbidden(RevezaError):
    """The caller is known and may not do this."""

    status = 403
    code = "forbidden"


class NotFound(RevezaError):
    """There is no such thing, or it belongs to somebody else."""

    status = 404
    code = "not_found"


class Conflict(RevezaError):
    """The thing changed in the meantime; the message says who or what was first."""

    status = 409
    code = "conflict"


class AlreadyTaken(Conflict):
    """Somebody else has the conversation; ``holder`` is the colleague's name, empty for the business's own phone."""

    code = "already_taken"

    def __init__(self, holder: str) -> None:
        super().__init__("the conversation is somebody else's")
        self.holder = holder


class NotOwner(Forbidden):
    """Only whoever has the conversation may do this; ``holder`` is their name, empty when nobody has it."""

    code = "not_owner"

    def __init__(self, holder: str) -> None:
        super().__init__("the conversation is not yours")
        self.holder = holder


class WindowClosed(Conflict):
    """The lead has been silent for so long that the provider takes no free words: only a template may go out."""

    code = "window_closed"


class LastAdmin(Conflict):
    """A business keeps one admin at least: somebody else has to become one first."""

    code = "last_admin"


class PlanFull(Conflict):
    """As many people answer leads as the plan holds: it takes another plan, or somebody leaves."""

    code = "plan_full"

    def __init__(self, plan: str, attendants: int) -> None:
        super().__init__(
            f"the plan {plan} holds {attendants} people who answer leads, whatever their role, and they are there:"
            " put the business on a larger plan (`reveza tenants plan`), or remove somebody"
        )
        self.plan = plan
        self.attendants = attendants


class GroupTaken(Conflict):
    """The Telegram group is another business's."""

    code = "group_taken"


class InviteInvalid(Forbidden):
    """There is no such invitation, it was used, or its time is over: which of these is nobody's business."""

    code = "invite_invalid"


class TooLarge(RevezaError):
    """The body is larger than the channel may send."""

    status = 413
    code = "too_large"


class Unavailable(RevezaError):
    """Something we depend on is away; asking again later is right."""

    status = 503
    code = "unavailable"


class TenancyError(RevezaError):
    """A query ran outside its tenant's scope, or in another tenant's: always a bug of ours."""

    code = "tenancy"


class SealError(RevezaError):
    """A sealed value does not open: wrong key, or moved from another tenant or column."""

    code = "seal"


class SendError(RevezaError):
    """The provider did not take a message.

    ``provider_code`` is the vendor's own code (as text), ``detail`` its words: neither holds
    message text or phone numbers when it is logged.
    """

    code = "send_failed"

    def __init__(self, detail: str, *, provider_code: str = "") -> None:
        super().__init__(f"{provider_code}: {detail}" if provider_code else detail)
        self.provider_code = provider_code
        self.detail = detail


class SendRetry(SendError):
    """Not taken, and worth another try; ``retry_after`` when the provider named a wait."""

    code = "send_retry"

    def __init__(self, detail: str, *, provider_code: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(detail, provider_code=provider_code)
        self.retry_after = retry_after


class SendRefused(SendError):
    """Not taken, and never will be: this message is at fault."""

    code = "send_refused"


class SendNeedsTemplate(SendRefused):
    """Not taken: the customer service window is closed, only a template may go out."""

    code = "send_needs_template"


class ChannelStopped(SendError):
    """Not taken, and nothing else will be: token, permission, payment or ban. The account is at fault."""

    code = "channel_stopped"


class SendUnknown(SendError):
    """The request left and no answer came: it may or may not have been taken. Never sent again blindly."""

    code = "send_unknown"


class ModelError(RevezaError):
    """The language model gave no usable answer. ``calls`` holds every call that was made, for the record."""

    code = "model"

    def __init__(self, detail: str, *, calls: tuple[ModelCall, ...] = ()) -> None:
        super().__init__(detail)
        self.calls = calls


class ModelUnavailable(ModelError):
    """Overloaded, limited or silent after retries, or the circuit is open."""

    code = "model_unavailable"


class ModelSpendLimit(ModelError):
    """The spend limit of the account is reached: retrying before it is raised is useless."""

    code = "model_spend_limit"


class ModelRefused(ModelError):
    """The model declined to answer (stop reason ``refusal``)."""

    code = "model_refused"


class ModelInvalid(ModelError):
    """The answer is cut or does not fit the schema, also after the one repair attempt."""

    code = "model_invalid"
