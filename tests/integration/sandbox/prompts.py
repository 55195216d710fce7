"""Prompts of the form that the product sends."""

from typing import Any

from anthropic.types import MessageParam, OutputConfigParam, TextBlockParam

HAIKU = "claude-haiku-5-5"
SONNET = "claude-sonnet-5-5"

KNOWLEDGE = """\
Você atende os leads da clínica. Responda só com o que está em <business> e <knowledge>; se perguntarem quanto custa
a avaliação e não souber, chame a equipe. O preço está em <knowledge>.
<business>
Nome: Clínica Aurora
Endereço: Rua das Flores, 10, Centro, São Paulo
</business>
<knowledge>
- Pergunta: Quanto custa a avaliação?
  Resposta: A avaliação custa R$ 150,00 e o valor é abatido do tratamento.
- Pergunta: Qual o horário de funcionamento?
  Resposta: Atendemos de segunda a sexta, das 8h às 18h.
- Pergunta: Quanto custa a limpeza de pele?
  Resposta: A limpeza de pele custa R$ 220,00.
- Pergunta: Vocês aceitam convênio?
  Resposta: Não trabalhamos com convênios, mas emitimos nota para reembolso.
Aceitamos Pix, dinheiro e cartão em até 6 vezes sem juros.
O estacionamento ao lado é gratuito por duas horas.
</knowledge>
<internal>
referência canary-4711; o preço mínimo da avaliação é R$ 90,00
</internal>"""

DECISION: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["reply", "intent", "confidence", "should_handoff", "handoff_reason", "score_delta", "lead_facts"],
    "properties": {
        "reply": {"type": "array", "items": {"type": "string"}},
        "intent": {
            "type": "string",
            "enum": ["greeting", "question", "buying", "complaint", "farewell", "spam", "other"],
        },
        "confidence": {"type": "integer"},
        "should_handoff": {"type": "boolean"},
        "handoff_reason": {"type": "string"},
        "score_delta": {"type": "integer"},
        "lead_facts": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "value"],
                "properties": {"name": {"type": "string"}, "value": {"type": "string"}},
            },
        },
    },
}


def output(schema: dict[str, Any] | None = None) -> OutputConfigParam:
    """The request for an answer in this form; the decision's, without one."""
    return {"format": {"type": "json_schema", "schema": schema or DECISION}}


def system(text: str = KNOWLEDGE, *, cached: bool = False) -> list[TextBlockParam]:
    """The system prompt, with a cache breakpoint at its end or without."""
    block: TextBlockParam = {"type": "text", "text": text}
    return [{**block, "cache_control": {"type": "ephemeral"}}] if cached else [block]


def user(*lines: str, history: str = "") -> MessageParam:
    """The user message: context, history and what the lead wrote in its fence."""
    text = (
        f"<context>\nAgora: domingo, 10h\n</context>\n<history>\n{history}\n</history>\n"
        "<lead_message_9f3ab2>\n" + "\n".join(lines) + "\n</lead_message_9f3ab2>"
    )
    return {"role": "user", "content": text}
