"""Webhook bodies, in the shape of Graph v24 and later with business-scoped user ids."""

from dataclasses import dataclass

from sandbox.meta.config import PhoneNumber
from sandbox.meta.errors import status_error
from sandbox.meta.state import Lead, SentMessage
from sandbox.wire import JsonObject, escaped


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text that a lead wrote."""

    wamid: str
    timestamp: int
    text: str
    context: str = ""


def envelope(number: PhoneNumber, value: JsonObject, field: str = "messages") -> bytes:
    """The raw body of one webhook with one change."""
    whole: JsonObject = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": number.display_phone_number,
            "phone_number_id": number.phone_number_id,
        },
        **value,
    }
    change = {"value": whole, "field": field}
    return escaped({"object": "whatsapp_business_account", "entry": [{"id": number.waba_id, "changes": [change]}]})


def _contact(lead: Lead) -> JsonObject:
    profile: JsonObject = {"name": lead.name or lead.key}
    if lead.username:
        profile["username"] = lead.username
    contact: JsonObject = {"profile": profile, "user_id": lead.user_id}
    if lead.wa_id:
        contact["wa_id"] = lead.wa_id
    return contact


def text_message(number: PhoneNumber, lead: Lead, inbound: InboundText) -> bytes:
    """The webhook of a lead's text; ``from`` is absent for a lead who hides the phone."""
    message: JsonObject = {
        "from_user_id": lead.user_id,
        "id": inbound.wamid,
        "timestamp": str(inbound.timestamp),
        "text": {"body": inbound.text},
        "type": "text",
    }
    if lead.wa_id:
        message = {"from": lead.wa_id, **message}
    if inbound.context:
        message = {"context": {"from": number.display_phone_number, "id": inbound.context}, **message}
    return envelope(number, {"contacts": [_contact(lead)], "messages": [message]})


def owner_echo(number: PhoneNumber, to: str, written: InboundText) -> bytes:
    """The webhook of what the business itself wrote on its phone."""
    message: JsonObject = {
        "from": number.display_phone_number,
        "to": to,
        "id": written.wamid,
        "timestamp": str(written.timestamp),
        "type": "text",
        "text": {"body": written.text},
    }
    return envelope(number, {"message_echoes": [message]}, "smb_message_echoes")


def status_update(
    number: PhoneNumber, lead: Lead, sent: SentMessage, status: str, *, timestamp: int, code: int
) -> bytes:
    """The webhook of a sent message's status; ``code`` is the error of a failed one."""
    update: JsonObject = {"id": sent.wamid, "status": status, "timestamp": str(timestamp)}
    if lead.wa_id:
        update["recipient_id"] = lead.wa_id
    update["recipient_user_id"] = lead.user_id
    if sent.callback:
        update["biz_opaque_callback_data"] = sent.callback
    if status == "failed":
        update["errors"] = [status_error(code)]
        return envelope(number, {"statuses": [update]})
    update["pricing"] = {"billable": True, "pricing_model": "PMP", "category": "service", "type": "regular"}
    return envelope(number, {"contacts": [_contact(lead)], "statuses": [update]})
