"""The few lines a colleague reads before taking over."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import structlog

from core.domain.errors import ModelError, ModelInvalid
from core.domain.ports import LanguageModel
from core.services.summaries import Summaries
from pipeline.prompt import PromptBuilder

log = structlog.get_logger(__name__)

MOST_LINES: Final = 5
SCHEMA: Final[Mapping[str, object]] = {
    "type": "object",
    "properties": {"summary": {"type": "array", "items": {"type": "string"}}},
    "required": ["summary"],
    "additionalProperties": False,
}


class Summariser:
    """Writes a hand-off's summary; without one the card shows the last messages alone."""

    def __init__(self, summaries: Summaries, model: LanguageModel, prompts: PromptBuilder) -> None:
        self._summaries = summaries
        self._model = model
        self._prompts = prompts

    async def run(self, tenant_id: UUID, hand_off_id: UUID) -> None:
        """Summarise once; a hand-off that has its summary, or is none of this tenant's, is left alone."""
        material = await self._summaries.material(tenant_id, hand_off_id)
        if material is None:
            return
        prompt = self._prompts.summary(material.tenant, material.lead, material.history)
        try:
            answer = await self._model.ask(prompt, SCHEMA, _lines)
        except ModelError as error:
            log.warning("summary.failed", hand_off_id=str(hand_off_id), error=error.code)
            await self._summaries.keep(material, None, error.calls)
            return
        await self._summaries.keep(material, answer.value, answer.calls)


def _lines(value: Mapping[str, Any]) -> str:
    lines = value.get("summary")
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        message = "summary should be a list of lines"
        raise ModelInvalid(message)
    return "\n".join(line.replace("\x00", "").strip() for line in lines[:MOST_LINES] if line.strip())
