"""Protocol emulators: WhatsApp Cloud API, Z-API and Claude Messages, in a process of their own."""
