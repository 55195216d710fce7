"""Z-API as it serves a WhatsApp number: its calls, its queue, and webhooks that are neither signed nor repeated."""
