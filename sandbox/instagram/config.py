"""What is registered with the emulator: apps, Instagram accounts and how it behaves."""

from pydantic import BaseModel, ConfigDict, Field

from sandbox.meta.config import MetaApp, Text
from sandbox.retrying import RetrySettings


class InstagramApp(MetaApp):
    """A Meta app; with an Instagram product, that one has a secret of its own."""

    instagram_app_secret: str = ""


class InstagramAccount(BaseModel):
    """A professional account with the tokens that may send from it.

    ``instagram_token`` is that of Instagram Login, ``page_token`` that of the Page by Facebook Login. The account's
    webhooks are Instagram Login's where it has that token.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: Text
    app_id: Text
    username: str = "sandbox"
    instagram_token: str = ""
    page_token: str = ""
    page_id: str = ""
    subscribed: bool = True


class InstagramSettings(RetrySettings):
    """Timing; an echo or a read receipt with a delay of None never comes."""

    echo_ms: int | None = Field(default=3, ge=0)
    read_ms: int | None = Field(default=40, ge=0)
    clock_offset_s: float = 0


class InstagramConfig(BaseModel):
    """The Instagram part of the configuration file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    apps: tuple[InstagramApp, ...] = ()
    accounts: tuple[InstagramAccount, ...] = ()
    settings: InstagramSettings = InstagramSettings()
