"""The browser that the browser tests drive: found, or installed where that is allowed."""

import os
import shutil
import subprocess
from pathlib import Path

VARIABLE = "REVEZA_BROWSER"
"""The variable that names one."""
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_ELSEWHERE = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
_PACKAGES = ("chromium", "fonts-noto-color-emoji")


def find_browser() -> str | None:
    """The Chromium or Chrome of this machine; ``REVEZA_BROWSER`` names another one."""
    named = os.environ.get(VARIABLE)
    if named:
        return shutil.which(named)
    found = next((path for path in map(shutil.which, _NAMES) if path), None)
    return found or next((str(path) for path in _ELSEWHERE if path.exists()), None)


def install_browser() -> bool:
    """Debian's own package, where we are root and there is none; whether there is a browser now."""
    if find_browser() is not None:
        return True
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    for arguments in (("update", "-q"), ("install", "-qy", "--no-install-recommends", *_PACKAGES)):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", *arguments], stdin=subprocess.DEVNULL, env=environment, check=False)
    return find_browser() is not None
