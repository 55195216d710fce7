"""Protocol emulators: WhatsApp Cloud API, Instagram and Claude Messages, in a process of their own."""
