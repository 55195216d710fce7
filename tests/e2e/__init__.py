"""Real accounts at real vendors, run by hand: see README.md in this folder."""
