"""Protocol emulators: WhatsApp Cloud API and Claude Messages, in a process of their own."""
