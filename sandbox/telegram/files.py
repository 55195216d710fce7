"""Files that went through Telegram: what a file_id stands for, and who may use it."""

import secrets
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp

from sandbox.telegram.errors import refuse
from sandbox.telegram.params import Params, Upload, integer_in
from sandbox.wire import JsonObject, is_array, is_object

DOWNLOAD_LIMIT = 20 * 1024 * 1024
MEDIA = {
    "photo": ("photos", "Photo"),
    "document": ("documents", "Document"),
    "voice": ("voice", "VoiceNote"),
    "audio": ("music", "Audio"),
    "video": ("videos", "Video"),
    "sticker": ("stickers", "Sticker"),
    "animation": ("animations", "Animation"),
    "video_note": ("video_notes", "VideoNote"),
}
MIME = {"photo": "image/", "video": "video/", "voice": "audio/", "audio": "audio/"}


@dataclass(slots=True)
class StoredFile:
    """One file; ``known_to`` are the bots that were ever shown its id."""

    file_id: str
    unique_id: str
    kind: str
    upload: Upload
    path: str
    known_to: set[int] = field(default_factory=set)


class Files:
    """Every file by its id and by its path."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the connections with which files are fetched by URL."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))

    async def stop(self) -> None:
        """Close them."""
        if self._session is not None:
            await self._session.close()

    def keep(self, kind: str, upload: Upload) -> StoredFile:
        """Store a file under new ids."""
        folder, _ = MEDIA[kind]
        name = upload.name.rpartition("/")[2] or "file"
        path = f"{folder}/file_{len(self._by_id)}{('.' + name.rpartition('.')[2]) if '.' in name else ''}"
        stored = StoredFile(f"AgAD{secrets.token_urlsafe(24)}", f"AQAD{secrets.token_hex(5)}", kind, upload, path)
        self._by_id[stored.file_id] = stored
        self._by_path[path] = stored
        return stored

    def known(self, file_id: str, bot_id: int) -> StoredFile | None:
        """The file, if this bot was ever shown its id: ids are each bot's own."""
        stored = self._by_id.get(file_id)
        return stored if stored is not None and bot_id in stored.known_to else None

    def at(self, path: str, bot_id: int) -> StoredFile | None:
        """The file under a path of getFile."""
        stored = self._by_path.get(path)
        return stored if stored is not None and bot_id in stored.known_to else None

    def reveal(self, value: object, bot_id: int) -> None:
        """The bot is shown this: whatever files are in it, at any depth, are known to it from now on."""
        if is_object(value):
            stored = self._by_id.get(str(value.get("file_id", "")))
            if stored is not None:
                stored.known_to.add(bot_id)
        for item in value.values() if is_object(value) else value if is_array(value) else ():
            self.reveal(item, bot_id)

    async def sent_as(self, kind: str, params: Params, bot_id: int) -> StoredFile:
        """The file that a method sends: uploaded, known by its id, or fetched from a URL."""
        upload = params.files.get(params.text(kind).removeprefix("attach://")) or params.files.get(kind)
        if upload is not None:
            return self.keep(kind, _not_empty(upload))
        given = params.text(kind)
        if not given:
            refuse(f"there is no {kind.replace('_', ' ')} in the request")
        if given.startswith(("http://", "https://")):
            return self.keep(kind, await self._fetch(kind, given))
        return self._again(kind, given, bot_id)

    def _again(self, kind: str, file_id: str, bot_id: int) -> StoredFile:
        if file_id.startswith("attach://") or len(file_id) < len("AgAD") or not file_id.startswith("AgAD"):
            refuse("wrong remote file identifier specified: Wrong string length")
        stored = self.known(file_id, bot_id)
        if stored is None:
            refuse("wrong file_id or the file is temporarily unavailable")
        if stored.kind != kind:
            refuse(f"can't use file of type {MEDIA[stored.kind][1]} as {MEDIA[kind][1]}")
        return stored

    async def _fetch(self, kind: str, url: str) -> Upload:
        if self._session is None:
            message = "the emulator has not been started"
            raise RuntimeError(message)
        try:
            async with self._session.get(url) as response:
                data = await response.content.read(DOWNLOAD_LIMIT + 1)
                ok, mime = response.status == HTTPStatus.OK, response.content_type
        except (aiohttp.ClientError, TimeoutError):
            refuse("failed to get HTTP URL content")
        if not ok or not data or len(data) > DOWNLOAD_LIMIT:
            refuse("failed to get HTTP URL content")
        if not mime.startswith(MIME.get(kind, "")):
            refuse("wrong type of the web page content")
        return Upload(url.partition("?")[0].rpartition("/")[2], mime, data)


def _not_empty(upload: Upload) -> Upload:
    if not upload.data:
        refuse("file must be non-empty")
    return upload


def media_content(stored: StoredFile, sizes: JsonObject | None = None) -> JsonObject:
    """The fields of a Message that carries this file; ``sizes`` are duration, width and height as given."""
    given = sizes or {}
    body: JsonObject = {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.upload.data),
    }
    box: JsonObject = {"width": integer_in(given, "width", 640), "height": integer_in(given, "height", 480)}
    length: JsonObject = {"duration": integer_in(given, "duration", 1)}
    named: JsonObject = {"file_name": stored.upload.name, "mime_type": stored.upload.mime}
    shape: JsonObject = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    known: dict[str, JsonObject] = {
        "photo": {"photo": [body | box]},
        "voice": {"voice": body | length | {"mime_type": "audio/ogg"}},
        "audio": {"audio": body | length | named},
        "video": {"video": body | length | box | named},
        "animation": {"animation": body | length | box | named, "document": body | named},
        "sticker": {"sticker": body | shape},
        "video_note": {"video_note": body | length | {"length": 240}},
        "document": {"document": body | named},
    }
    return known[stored.kind]
