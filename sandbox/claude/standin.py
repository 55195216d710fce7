"""Makes the answer to a request: thinks, fits it to the schema, bends it as a fault rule says."""

from dataclasses import replace

import orjson

from sandbox.claude.brain import think
from sandbox.claude.briefing import briefing
from sandbox.claude.cache import tokens_of
from sandbox.claude.faults import ClaudeFault
from sandbox.claude.message import THOUGHT, Answer
from sandbox.claude.models import ModelFacts
from sandbox.claude.prompt import Conversation
from sandbox.claude.request import MessagesRequest, Thinking
from sandbox.claude.schema import Schema
from sandbox.wire import is_object


def answer_to(
    request: MessagesRequest,
    model: ModelFacts,
    schema: Schema | None,
    conversation: Conversation,
    fault: ClaudeFault | None,
) -> Answer:
    """The model's answer, within ``max_tokens``."""
    answer = _with_thinking(Answer(_content(schema, conversation, fault)), request.thinking, model)
    return (_bent(answer, fault) if fault else answer).limited(request.max_tokens)


def _content(schema: Schema | None, conversation: Conversation, fault: ClaudeFault | None) -> str:
    thought = think(conversation)
    if schema is None:
        return thought.reply if conversation.lead_lines else briefing(conversation.history)
    value = schema.fill(thought.decision())
    if fault is not None and fault.action == "decision" and is_object(value):
        value = value | fault.decision
    return orjson.dumps(value).decode()


def _with_thinking(answer: Answer, thinking: Thinking | None, model: ModelFacts) -> Answer:
    if thinking.type not in ("adaptive", "enabled") if thinking else not model.thinks:
        return answer
    shown = THOUGHT if thinking and thinking.display == "summarized" else ""
    return replace(answer, thinking=shown, thought_tokens=tokens_of(THOUGHT))


def _bent(answer: Answer, fault: ClaudeFault) -> Answer:
    text = answer.text or ""
    match fault.action:
        case "refusal":
            return replace(answer, text=None, stop_reason="refusal")
        case "max_tokens":
            return replace(answer, text=text[: len(text) // 2], stop_reason="max_tokens")
        case "empty":
            return replace(answer, text="")
        case "invalid_json":
            return replace(answer, text=text[: len(text) // 2])
        case "wrong_schema":
            return replace(answer, text='{"unexpected": true}')
        case _:
            return answer
