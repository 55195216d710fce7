"""The configuration file of all emulators."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from sandbox.claude.config import ClaudeConfig
from sandbox.instagram.config import InstagramConfig
from sandbox.meta.config import MetaConfig
from sandbox.telegram.config import TelegramConfig
from sandbox.zapi.config import ZapiConfig


class SandboxConfig(BaseModel):
    """``{"meta": {"apps": […], "numbers": […], "settings": {…}}, "claude": {…}, "instagram": {…}, "zapi": {…}, "telegram": {…}}``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    meta: MetaConfig = MetaConfig()
    claude: ClaudeConfig = ClaudeConfig()
    instagram: InstagramConfig = InstagramConfig()
    zapi: ZapiConfig = ZapiConfig()
    telegram: TelegramConfig = TelegramConfig()


def read_config(path: Path | None) -> SandboxConfig:
    """The file's configuration, or an empty one without a file."""
    return SandboxConfig() if path is None else SandboxConfig.model_validate_json(path.read_bytes())
