"""Webhook bodies, in the shape that Instagram gives them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sandbox.instagram.config import InstagramAccount
from sandbox.wire import JsonObject, escaped

Form = Literal["messaging", "standby"]
_NODES = {"image": "image_data", "video": "video_data", "audio": "audio_data"}


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose words a message of the conversation with this lead holds."""

    igsid: str
    is_business: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """Words or a file, by the lead or by the business."""

    mid: str
    timestamp: int
    """Milliseconds, as Instagram tells it."""
    text: str = ""
    kind: str = "text"
    url: str = ""
    reply_to: str = ""
    story: str = ""

    def message(self) -> JsonObject:
        """The ``message`` of a webhook."""
        message: JsonObject = {"mid": self.mid}
        if self.text:
            message["text"] = self.text
        if self.kind != "text":
            message["attachments"] = [{"type": self.kind, "payload": {"url": self.url} if self.url else {}}]
        if self.reply_to:
            message["reply_to"] = {"mid": self.reply_to, "is_self_reply": False}
        if self.story:
            message["reply_to"] = {"story": {"id": self.story, "url": f"https://lookaside.fbsbx.com/{self.story}"}}
        return message


def _body(account: str, time_ms: int, item: JsonObject, form: Form = "messaging") -> bytes:
    return escaped({"object": "instagram", "entry": [{"time": time_ms, "id": account, form: [item]}]})


def _item(sender: str, recipient: str, timestamp: int, **what: object) -> JsonObject:
    return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": timestamp, **what}


def lead_message(account: InstagramAccount, igsid: str, written: Written, now_ms: int, form: Form) -> bytes:
    """The webhook of what a lead wrote; in ``standby`` while another app has the conversation."""
    item = _item(igsid, account.account, written.timestamp, message=written.message())
    return _body(account.account, now_ms, item, form)


def announcement(account: InstagramAccount, written: Written, now_ms: int) -> bytes:
    """The webhook by which Instagram Login at times tells of a new message: an edit that is none, of nobody's words."""
    item: JsonObject = {"timestamp": written.timestamp, "message_edit": {"mid": written.mid, "num_edit": 0}}
    return _body(account.account, now_ms, item)


def node(account: InstagramAccount, sender: Sender, written: Written, username: str) -> JsonObject:
    """The message as an object of the Graph API."""
    lead, business = {"id": sender.igsid, "username": username}, {"id": account.account, "username": account.username}
    made = datetime.fromtimestamp(written.timestamp / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    told: JsonObject = {
        "id": written.mid,
        "created_time": made,
        "from": business if sender.is_business else lead,
        "to": {"data": [lead if sender.is_business else business]},
        "message": written.text,
    }
    if written.kind in _NODES:
        told["attachments"] = {"data": [{_NODES[written.kind]: {"url": written.url}}]}
    elif written.kind != "text":
        told["attachments"] = {"data": [{"file_url": written.url}]}
    return told


def echo(account: InstagramAccount, igsid: str, written: Written, app_id: str) -> bytes:
    """The webhook of what the business wrote; ``app_id`` is empty for what a person typed in the app."""
    message: JsonObject = {**written.message(), "is_echo": True}
    if app_id:
        message["app_id"] = int(app_id) if app_id.isascii() and app_id.isdigit() else app_id
    item = _item(account.account, igsid, written.timestamp, message=message)
    return _body(account.account, written.timestamp, item)


def read(account: InstagramAccount, igsid: str, mid: str, now_ms: int) -> bytes:
    """The webhook of a lead who has seen everything up to this message."""
    return _body(account.account, now_ms, _item(igsid, account.account, now_ms, read={"mid": mid}))
