"""Measuring this installation, against stand-ins it starts itself."""
