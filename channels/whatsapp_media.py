"""How WhatsApp shows a file, by whichever provider it is sent."""

from types import MappingProxyType
from typing import Final

from core.domain.events import MediaRef

DOCUMENT: Final = "document"
WITHOUT_CAPTION: Final = frozenset({"audio", "sticker"})
_KINDS: Final = MappingProxyType(
    {
        "image/jpeg": "image",
        "image/png": "image",
        "image/webp": "sticker",
        "video/mp4": "video",
        "video/3gpp": "video",
        "audio/aac": "audio",
        "audio/amr": "audio",
        "audio/mp4": "audio",
        "audio/mpeg": "audio",
        "audio/ogg": "audio",
    }
)
"""What WhatsApp plays or shows; every other file goes as a document."""


def kind_of(media: MediaRef) -> str:
    """As what the file goes: ``image``, ``video``, ``audio``, ``sticker`` or ``document``."""
    return _KINDS.get(mime_type(media), DOCUMENT)


def mime_type(media: MediaRef) -> str:
    """The type alone, without its parameters."""
    return (media.mime_type or "").partition(";")[0].strip().lower()
