"""Protocol emulators: WhatsApp Cloud API, Instagram, Z-API, Telegram and Claude Messages, in a process of their own."""
