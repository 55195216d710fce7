"""WhatsApp deliveries made to order."""

import json
from typing import Any

ACCOUNT = "200100200100201"
BUSINESS = "300300300300300"
ANA = "5511987650001"
ANA_BSUID = "BR.4455667788990011"


def message(kind: str = "text", **more: Any) -> dict[str, Any]:
    body = {"text": {"body": "oi"}} if kind == "text" else {}
    return {"from": ANA, "id": "wamid.A=", "timestamp": "1790000000", "type": kind, **body, **more}


def delivery(field: str = "messages", **value: Any) -> bytes:
    metadata = {"display_phone_number": "551140000001", "phone_number_id": ACCOUNT}
    change = {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": BUSINESS, "changes": [change]}]}
    ).encode()
