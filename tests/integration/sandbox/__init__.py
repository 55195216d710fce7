"""The emulators, driven by the vendors' own clients."""
