"""Any schema that is accepted is filled with a value that fits it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.claude.schema import Schema, check_schema
from tests.integration.sandbox.prompts import DECISION

NAMES = st.sampled_from(["reply", "intent", "confidence", "other", "summary"])
LEAVES = st.one_of(
    st.sampled_from([{"type": kind} for kind in ("string", "integer", "number", "boolean", "null")]),
    st.lists(st.text(max_size=5), min_size=1, max_size=3).map(lambda values: {"type": "string", "enum": values}),
    st.integers().map(lambda value: {"const": value}),
    st.sampled_from([{"type": "string", "format": form} for form in ("date", "email", "uuid")]),
)


def objects(children: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with such properties, all of them required."""
    return st.dictionaries(NAMES, children, max_size=4).map(
        lambda properties: {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }
    )


def arrays(children: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Arrays of such items, possibly with at least one."""
    return st.builds(
        lambda items, least: {"type": "array", "items": items, "minItems": least}, children, st.integers(0, 1)
    )


def choices(children: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """A choice of such forms."""
    return st.lists(children, min_size=1, max_size=3).map(lambda variants: {"anyOf": variants})


SCHEMAS = st.recursive(
    LEAVES, lambda children: st.one_of(objects(children), arrays(children), choices(children)), max_leaves=8
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=5,
)


@given(SCHEMAS, st.dictionaries(NAMES, VALUES, max_size=5))
def test_every_fill_fits(schema: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Whatever is wanted under a name, the value is valid."""
    check_schema(schema)
    compiled = Schema(schema)
    assert compiled.fits(compiled.fill(wanted))


@given(VALUES)
def test_fits_is_strict(value: Any) -> None:
    """A value of another form does not fit the decision's schema."""
    assert not Schema(DECISION).fits(value)


def test_references_are_followed() -> None:
    """A definition is used where it is referred to."""
    schema = {
        "$defs": {"Item": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}},
        "type": "object",
        "properties": {"item": {"$ref": "#/$defs/Item"}},
        "required": ["item"],
        "additionalProperties": False,
    }  # fmt: skip
    assert Schema(schema).fill({}) == {"item": {"n": 0}}


def test_a_text_for_a_list_and_a_list_for_a_text() -> None:
    """A wanted value is given in the form that the schema asks for."""
    schema = {
        "type": "object",
        "properties": {"reply": {"type": "string"}},
        "required": ["reply"],
        "additionalProperties": False,
    }
    assert Schema(schema).fill({"reply": ["a", "b"]}) == {"reply": "a\nb"}
