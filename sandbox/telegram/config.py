"""What is registered with the emulator: bots, people, groups and how it behaves."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1)]


class TelegramBot(BaseModel):
    """A bot as BotFather made it; its id is what stands before the colon of the token.

    ``can_read_all_group_messages`` is privacy mode switched off.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    token: str = Field(pattern=r"^\d+:[A-Za-z0-9_-]{3,}$")
    first_name: Text = "Sandbox"
    username: Text = "sandbox_bot"
    can_join_groups: bool = True
    can_read_all_group_messages: bool = False
    has_topics_enabled: bool = False
    has_main_web_app: bool = False
    main_web_app_url: str = ""
    """Where the main Mini App is, as BotFather was told."""

    @property
    def id(self) -> int:
        """The bot's user id."""
        return int(self.token.partition(":")[0])


class TelegramUser(BaseModel):
    """A person; ids go up to 52 bits."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int = Field(gt=0, lt=2**52)
    first_name: Text
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_premium: bool = False


class TelegramGroup(BaseModel):
    """A basic group or a supergroup, with its members; the first of ``members`` owns it, ``admins`` help."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int = Field(lt=0, gt=-(2**52))
    title: Text
    type: Literal["group", "supergroup"] = "supergroup"
    is_forum: bool = False
    username: str = ""
    members: tuple[int, ...] = ()
    admins: tuple[int, ...] = ()


class TelegramSettings(BaseModel):
    """Timing and choices.

    ``quotas`` switches Telegram's limits on: messages a second in one chat, a minute in one group, a second in all.
    A tap can be answered for ``callback_s``; a webhook is tried again until the update is a day old.
    ``first_message_id``: where the messages of each chat begin, for a bot that remembers those of an earlier run.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    quotas: bool = False
    per_chat_per_second: int = Field(default=1, ge=1)
    per_group_per_minute: int = Field(default=20, ge=1)
    overall_per_second: int = Field(default=30, ge=1)
    retry_first_ms: int = Field(default=200, ge=1)
    retry_factor: float = Field(default=2.0, ge=1)
    retry_max_ms: int = Field(default=15_000, ge=1)
    webhook_timeout_s: float = Field(default=60, gt=0)
    callback_s: float = Field(default=30, gt=0)
    first_message_id: int = Field(default=1, ge=1, lt=2**31)
    clock_offset_s: float = 0


class TelegramConfig(BaseModel):
    """The Telegram part of the configuration file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bots: tuple[TelegramBot, ...] = ()
    users: tuple[TelegramUser, ...] = ()
    groups: tuple[TelegramGroup, ...] = ()
    settings: TelegramSettings = TelegramSettings()
