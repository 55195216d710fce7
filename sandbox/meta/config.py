"""What is registered with the emulator: apps, phone numbers and how it behaves."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.retrying import RetrySettings

Text = Annotated[str, Field(min_length=1)]


class MetaApp(BaseModel):
    """A Meta app: its secret signs webhooks, its callback receives them.

    With several ``callback_urls`` deliveries go to them in turn, as behind a load balancer.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    app_id: Text
    app_secret: Text
    verify_token: str = ""
    callback_urls: tuple[str, ...] = ()


class PhoneNumber(BaseModel):
    """A business's number with the token that may send from it.

    ``subscribed`` says whether its WhatsApp Business Account sends webhooks to the app.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    phone_number_id: Text
    display_phone_number: Text
    waba_id: Text
    access_token: Text
    app_id: Text
    verified_name: str = "Sandbox"
    subscribed: bool = True


class MetaSettings(RetrySettings):
    """Timing and choices; a status delay of None means that this status never comes.

    ``window_refusal``: a free-form text outside the 24-hour window is accepted and then fails by
    webhook (as Meta does it), or is refused in the response.
    """

    sent_ms: int | None = Field(default=3, ge=0)
    delivered_ms: int | None = Field(default=15, ge=0)
    read_ms: int | None = Field(default=40, ge=0)
    window_refusal: Literal["webhook", "response"] = "webhook"
    clock_offset_s: float = 0


class MetaConfig(BaseModel):
    """The Meta half of the configuration file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    apps: tuple[MetaApp, ...] = ()
    numbers: tuple[PhoneNumber, ...] = ()
    settings: MetaSettings = MetaSettings()
