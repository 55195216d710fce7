"""What a process must not carry that does not use it."""

import subprocess
import sys

import pytest

from app.running import PROJECT


@pytest.mark.parametrize("process", ["web", "worker", "scheduler"])
def test_a_process_without_the_bot_does_not_load_its_library(process: str) -> None:
    """The Bot API's types take more memory than all the rest of such a process."""
    script = f"import sys, app.{process}; print('aiogram' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, check=True, text=True)
    assert told.stdout.strip() == "False"


def test_a_web_process_does_not_load_the_models_client() -> None:
    """It never asks a model."""
    script = "import sys, app.web; print('anthropic' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, check=True, text=True)
    assert told.stdout.strip() == "False"


def test_a_scheduler_does_not_load_a_web_server() -> None:
    """Unless it is to serve its metrics it has nobody to answer."""
    script = "import sys, app.scheduler; print('aiohttp' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, check=True, text=True)
    assert told.stdout.strip() == "False"
