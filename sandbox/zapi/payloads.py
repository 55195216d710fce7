"""Webhook bodies, in the shape that Z-API posts in 2026."""

import json
from dataclasses import dataclass, field

from sandbox.wire import JsonObject
from sandbox.zapi.config import Instance
from sandbox.zapi.state import Contact, SentMessage


@dataclass(frozen=True, slots=True)
class Written:
    """A message of a chat: a lead's, or the business's own coming back."""

    message_id: str
    moment: int
    """Milliseconds."""
    content: JsonObject
    reference: str = ""
    from_me: bool = False
    from_api: bool = False
    lid_alone: bool = False
    """The chat is named by its LID where the phone belongs."""
    changes: JsonObject = field(default_factory=dict)
    """Other fields of the envelope, as ``isEdit`` or ``waitingMessage``."""


def encoded(body: JsonObject) -> bytes:
    """JSON as Z-API writes it: letters as they are."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def received(instance: Instance, contact: Contact, written: Written) -> JsonObject:
    """The body of a ``ReceivedCallback``. Of what the business sent, ``senderName`` is its own."""
    mine = written.from_me
    return {
        "isStatusReply": False,
        "chatLid": contact.lid,
        "connectedPhone": instance.phone,
        "waitingMessage": False,
        "isEdit": False,
        "isGroup": False,
        "isNewsletter": False,
        "instanceId": instance.instance_id,
        "messageId": written.message_id,
        "phone": contact.lid if written.lid_alone or not contact.phone else contact.phone,
        "fromMe": mine,
        "momment": written.moment,
        "status": "RECEIVED",
        "chatName": contact.name or contact.key,
        "senderPhoto": None,
        "senderName": instance.name if mine else contact.name or contact.key,
        "photo": None,
        "broadcast": False,
        "participantPhone": None,
        "participantLid": None,
        "referenceMessageId": written.reference or None,
        "externalAdReply": None,
        "forwarded": False,
        "type": "ReceivedCallback",
        "fromApi": written.from_api,
        **written.content,
        **written.changes,
    }


def delivery(sent: SentMessage, moment: int, *, error: str = "", error_code: str = "") -> JsonObject:
    """The body of a ``DeliveryCallback``: WhatsApp has the message, or will never have it."""
    body: JsonObject = {
        "phone": sent.to,
        "zaapId": sent.zaap_id,
        "messageId": sent.message_id,
        "type": "DeliveryCallback",
        "instanceId": sent.instance_id,
        "momment": moment,
    }
    if error:
        body["error"] = error
    if error_code:
        body["errorCode"] = error_code
    return body


def status(sent: SentMessage, name: str, moment: int) -> JsonObject:
    """The body of a ``MessageStatusCallback``."""
    return {
        "instanceId": sent.instance_id,
        "status": name,
        "ids": [sent.message_id],
        "momment": moment,
        "phoneDevice": 0,
        "phone": sent.to,
        "type": "MessageStatusCallback",
        "isGroup": False,
    }


def connection(instance: Instance, moment: int) -> JsonObject:
    """The body of a ``ConnectedCallback`` or ``DisconnectedCallback``."""
    if instance.connected:
        return {
            "type": "ConnectedCallback",
            "connected": True,
            "momment": moment,
            "instanceId": instance.instance_id,
            "phone": instance.phone,
            "isBusiness": True,
        }
    return {
        "type": "DisconnectedCallback",
        "disconnected": True,
        "error": "Device has been disconnected",
        "momment": moment,
        "instanceId": instance.instance_id,
    }


def presence(instance: Instance, address: str, state: str) -> JsonObject:
    """The body of a ``PresenceChatCallback``."""
    return {
        "type": "PresenceChatCallback",
        "phone": address,
        "status": state,
        "lastSeen": None,
        "instanceId": instance.instance_id,
    }
