"""What an Instagram message says: its words, its attachments, what it answers to and what brought the lead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from channels.payload import identifier, mapping, scalar, sequence, text
from core.domain.events import MediaRef

UNSUPPORTED: Final = "unsupported"
_MOST_ATTACHMENTS: Final = 100
_ATTACHMENT_FACTS: Final = ("title", "reel_video_id", "video_id", "ig_post_media_id", "sticker_id")
_REFERRAL_FACTS: Final = ("ref", "ad_id", "source", "type", "referer_uri")
_REFERRAL_PARTS: Final = ("ads_context_data", "product")
_MOST_FACTS: Final = 50


@dataclass(frozen=True, slots=True)
class Content:
    """A message's body; ``supported`` is false where there is nothing a person could be shown."""

    type: str
    text: str | None = None
    media: MediaRef | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    supported: bool = True


def read_content(message: Mapping[str, Any]) -> Content:
    """The content of a message. Words decide what it is, then its first attachment; both are kept."""
    said = text(message.get("text")) or None
    attachments = [mapping(item) for item in sequence(message.get("attachments"))[:_MOST_ATTACHMENTS]]
    if message.get("is_unsupported") is True or not (said or attachments):
        return Content(UNSUPPORTED, said, supported=False)
    kind = "text" if said else identifier(attachments[0].get("type")) or UNSUPPORTED
    extra = _told(message)
    if attachments:
        extra["attachments"] = [_facts(item) for item in attachments]
    url = next((address for item in attachments if (address := _url(item))), None)
    return Content(kind, said, None if url is None else MediaRef(url=url), extra, supported=kind != UNSUPPORTED)


def read_referral(given: object) -> dict[str, Any] | None:
    """The advertisement or link that brought the lead, ``None`` where nothing tells of one."""
    referral = mapping(given)
    found: dict[str, Any] = {name: scalar(referral[name]) for name in _REFERRAL_FACTS if name in referral}
    for name in _REFERRAL_PARTS:
        if part := _plain(mapping(referral.get(name))):
            found[name] = part
    return {name: value for name, value in found.items() if value is not None} or None


def story_of(message: Mapping[str, Any]) -> dict[str, Any] | None:
    """The business's story that the message answers to; its url expires, and its file must not be kept."""
    story = mapping(message.get("reply_to")).get("story")
    if not isinstance(story, dict):
        return None
    return {"id": identifier(story.get("id")), "url": text(story.get("url"))}


def _told(message: Mapping[str, Any]) -> dict[str, Any]:
    story, tapped = story_of(message), mapping(message.get("quick_reply")).get("payload")
    told = {"story": story, "quick_reply": text(tapped)}
    return {name: value for name, value in told.items() if value is not None}


def _url(attachment: Mapping[str, Any]) -> str | None:
    return text(mapping(attachment.get("payload")).get("url")) or None


def _facts(attachment: Mapping[str, Any]) -> dict[str, Any]:
    payload = mapping(attachment.get("payload"))
    facts: dict[str, Any] = {"type": identifier(attachment.get("type")), "url": _url(attachment)}
    facts |= {name: scalar(payload.get(name)) for name in _ATTACHMENT_FACTS}
    return {name: value for name, value in facts.items() if value is not None}


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    found = {identifier(name): scalar(value) for name, value in list(given.items())[:_MOST_FACTS]}
    return {name: value for name, value in found.items() if name is not None and value is not None}
