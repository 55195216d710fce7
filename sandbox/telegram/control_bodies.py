"""The bodies of control calls, checked."""

import base64
import binascii
from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from sandbox.telegram.files import Files, media_content
from sandbox.telegram.formatting import Formatted, trimmed, with_found
from sandbox.telegram.params import Upload
from sandbox.wire import JsonObject

MediaKind = Literal["photo", "document", "voice", "audio", "video", "sticker", "animation", "video_note"]


class Doing(BaseModel):
    """Who does something, and where: without ``chat_id`` in the private chat with the bot."""

    model_config = ConfigDict(extra="forbid")

    user_id: int
    chat_id: int | None = None
    bot_id: int | None = None


class Writes(Doing):
    """A message: text, or a file (``file_base64``) of the given kind, a place or a contact."""

    kind: Literal["text", "location", "contact"] | MediaKind = "text"
    text: str = ""
    caption: str = ""
    thread_id: int | None = None
    reply_to: int | None = None
    file_base64: str = ""
    file_name: str = ""
    mime: str = "application/octet-stream"
    latitude: float = 0
    longitude: float = 0
    phone_number: str = ""
    first_name: str = ""

    def content(self, files: Files) -> JsonObject:
        """The fields of the Message; 400 when there is nothing in it."""
        said = self.formatted(self.caption).fields(caption=True) if self.caption else {}
        match self.kind:
            case "text":
                if not self.text.strip():
                    raise web.HTTPBadRequest(text="text is required")
                return self.formatted(self.text).fields()
            case "location":
                return {"location": {"latitude": self.latitude, "longitude": self.longitude}}
            case "contact":
                return {"contact": {"phone_number": self.phone_number, "first_name": self.first_name}}
            case kind:
                return media_content(files.keep(kind, self._upload())) | said

    def formatted(self, text: str) -> Formatted:
        """What Telegram makes of plain text."""
        return with_found(trimmed(Formatted(text)))

    def _upload(self) -> Upload:
        try:
            data = base64.b64decode(self.file_base64, validate=True) or self.kind.encode()
        except binascii.Error as error:
            raise web.HTTPBadRequest(text="file_base64 is not base64") from error
        return Upload(self.file_name or f"file.{'jpg' if self.kind == 'photo' else 'bin'}", self.mime, data)


class Starts(BaseModel):
    """``/start``, with the payload of a deep link."""

    model_config = ConfigDict(extra="forbid")

    user_id: int
    bot_id: int | None = None
    payload: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,64}$")


class Edits(Doing):
    """Another text for one's own message."""

    message_id: int
    text: str


class Deletes(Doing):
    """A message is deleted for everybody."""

    message_id: int


class Taps(Doing):
    """A tap on the button with this callback data or this text; waits for the bot's answer if asked to."""

    message_id: int
    button: str
    wait_ms: int = Field(default=0, ge=0)


class Reacts(Doing):
    """The reactions that the user has on a message from now on."""

    message_id: int
    emoji: list[str] = Field(default_factory=list)


class Blocks(BaseModel):
    """The user blocks the bot, or unblocks it."""

    model_config = ConfigDict(extra="forbid")

    user_id: int
    bot_id: int | None = None
    blocked: bool = True


class NewGroup(BaseModel):
    """A group; without an id it gets one of the form that Telegram gives. The first member owns it, ``admins`` help."""

    model_config = ConfigDict(extra="forbid")

    id: int | None = Field(default=None, lt=0)
    title: str = Field(min_length=1)
    type: Literal["group", "supergroup"] = "supergroup"
    is_forum: bool = False
    username: str = ""
    members: tuple[int, ...] = ()
    admins: tuple[int, ...] = ()


class Membership(BaseModel):
    """Somebody (``person_id``: user or bot) comes, goes, is removed or promoted; ``by`` is who does it."""

    model_config = ConfigDict(extra="forbid")

    chat_id: int
    person_id: int
    by: int | None = None
    action: Literal["join", "leave", "kick", "promote"]
    rights: list[str] | None = None


class TopicDoing(BaseModel):
    """A person makes or changes a topic."""

    model_config = ConfigDict(extra="forbid")

    chat_id: int
    user_id: int
    action: Literal["create", "rename", "close", "reopen", "delete"]
    thread_id: int | None = None
    name: str = ""
    icon_color: int = 7322096


class Upgrade(BaseModel):
    """A basic group turns into a supergroup."""

    model_config = ConfigDict(extra="forbid")

    chat_id: int
    user_id: int
    is_forum: bool = False


class Launches(BaseModel):
    """A user opens the Mini App: by a button's ``url``, by a link with ``start_param``, else by the menu's button.

    ``theme_params``, ``platform``, ``version``: what his client tells of itself.
    """

    model_config = ConfigDict(extra="forbid")

    user_id: int
    bot_id: int | None = None
    url: str = ""
    start_param: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{0,512}$")
    theme_params: dict[str, str] = Field(default_factory=dict)
    platform: str = "weba"
    version: str = "9.1"


class OpensMiniApp(BaseModel):
    """A user opens the Mini App; ``extra`` are further fields (start_param, chat_type, …), signed too."""

    model_config = ConfigDict(extra="forbid")

    user_id: int
    bot_id: int | None = None
    auth_date: int | None = None
    extra: dict[str, str] = Field(default_factory=dict)
