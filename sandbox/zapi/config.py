"""What is registered with the emulator: instances and how it behaves."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1)]
PathPart = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")]

WEBHOOKS = ("received", "delivery", "message-status", "connected", "disconnected", "chat-presence")
"""The kinds of webhook, each with an address of its own."""


class Instance(BaseModel):
    """One linked phone with the tokens that may use it.

    ``client_token`` empty: the account's security token is not switched on, and nobody is asked for it.
    ``callback_url`` is where every webhook goes, unless ``webhooks`` names another address for its kind.
    ``notify_sent_by_me``: what the phone itself, or the API, sends comes back as a webhook too.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    instance_id: PathPart
    token: PathPart
    client_token: str = ""
    phone: Annotated[str, Field(pattern=r"^\d{5,20}$")] = "551140000001"
    name: str = "Sandbox"
    callback_url: str = ""
    webhooks: dict[str, str] = Field(default_factory=dict)
    notify_sent_by_me: bool = True
    connected: bool = True

    def address(self, kind: str) -> str:
        """Where webhooks of this kind go; empty for nowhere."""
        return self.webhooks.get(kind, self.callback_url)


class ZapiSettings(BaseModel):
    """Timing in milliseconds; a delay of None means that this never comes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    echo_ms: int | None = Field(default=2, ge=0)
    delivery_ms: int | None = Field(default=3, ge=0)
    sent_ms: int | None = Field(default=5, ge=0)
    received_ms: int | None = Field(default=15, ge=0)
    read_ms: int | None = Field(default=40, ge=0)
    webhook_timeout_s: float = Field(default=20, gt=0)
    clock_offset_s: float = 0


class ZapiConfig(BaseModel):
    """The Z-API part of the configuration file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    instances: tuple[Instance, ...] = ()
    settings: ZapiSettings = ZapiSettings()
