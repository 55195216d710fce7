"""Protocol emulators: WhatsApp Cloud API, Instagram, Z-API and Claude Messages, in a process of their own."""
