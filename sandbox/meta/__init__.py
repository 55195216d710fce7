"""WhatsApp Cloud API as Meta serves it: the Graph API, and webhooks signed and retried."""
