"""The JSON schemas of structured outputs: which are refused, whether a value fits, making one that does."""

from collections.abc import Iterator, Mapping

from sandbox.claude.errors import refuse
from sandbox.wire import JsonObject, is_array, is_object, object_at, text_at

DEEPEST = 64
WHERE = "output_config.format.schema"
UNSUPPORTED: Mapping[str, tuple[str, ...]] = {
    "integer": ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"),
    "number": ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"),
    "string": ("maxLength", "minLength"),
    "array": ("contains", "maxItems", "uniqueItems"),
    "object": ("maxProperties", "minProperties", "patternProperties"),
}
TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
PLAIN = {"string": "texto", "integer": 0, "number": 0, "boolean": False, "null": None}
FORMATS = {
    "date": "2026-01-15",
    "date-time": "2026-01-15T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "PT1H",
    "email": "contato@example.com",
    "hostname": "example.com",
    "uri": "https://example.com/",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def check_schema(schema: JsonObject) -> None:
    """ApiError when the API would refuse to compile this schema."""
    for part in _parts(schema, depth=0):
        _check_part(part)


def _check_part(part: JsonObject) -> None:
    kind = text_at(part, "type")
    found = [key for key in UNSUPPORTED.get(kind, ()) if key in part]
    if found:
        noun, verb = ("properties", "are") if len(found) > 1 else ("property", "is")
        refuse(f"{WHERE}: For '{kind}' type, {noun} {', '.join(found)} {verb} not supported")
    if kind == "array" and part.get("minItems", 0) not in (0, 1):
        refuse(f"{WHERE}: For 'array' type, 'minItems' values other than 0 or 1 are not supported")
    if kind == "object" and part.get("additionalProperties") is not False:
        refuse(f"{WHERE}: For 'object' type, 'additionalProperties' must be explicitly set to false")
    if not part.keys() & {"type", "enum", "const", "anyOf", "allOf", "$ref"}:
        refuse(f"{WHERE}: Schema type is required")


def _parts(schema: JsonObject, depth: int) -> Iterator[JsonObject]:
    if depth > DEEPEST:
        refuse(f"{WHERE}: Schema is nested too deeply")
    yield schema
    for child in _children(schema):
        yield from _parts(child, depth + 1)


def _children(schema: JsonObject) -> list[JsonObject]:
    children = [*object_at(schema, "properties").values(), *object_at(schema, "$defs").values(), schema.get("items")]
    children += [*_list(schema, "anyOf"), *_list(schema, "allOf")]
    return [child for child in children if is_object(child)]


def _list(schema: JsonObject, key: str) -> list[object]:
    value = schema.get(key)
    return value if is_array(value) else []


class Schema:
    """A schema that was checked, with its definitions at hand."""

    def __init__(self, root: JsonObject) -> None:
        self._root = root
        self._definitions = object_at(root, "$defs")

    @property
    def properties(self) -> frozenset[str]:
        """The names of the top level's properties."""
        return frozenset(object_at(self._resolved(self._root), "properties"))

    def fits(self, value: object) -> bool:
        """Whether ``value`` is valid."""
        return self._fits(self._root, value)

    def fill(self, wanted: Mapping[str, object]) -> object:
        """A valid value, with ``wanted`` under its property names wherever it fits."""
        return self._fill(self._root, wanted)

    def _resolved(self, part: JsonObject) -> JsonObject:
        reference = text_at(part, "$ref")
        return self._resolved(object_at(self._definitions, reference.rsplit("/", 1)[-1])) if reference else part

    def _fits(self, part: JsonObject, value: object) -> bool:
        part = self._resolved(part)
        variants = [variant for variant in _list(part, "anyOf") if is_object(variant)]
        if variants:
            return any(self._fits(variant, value) for variant in variants)
        if not all(self._fits(piece, value) for piece in _list(part, "allOf") if is_object(piece)):
            return False
        return _literal_fits(part, value) and self._shape_fits(part, value)

    def _shape_fits(self, part: JsonObject, value: object) -> bool:
        if not _type_fits(part, value):
            return False
        if is_object(value):
            return self._object_fits(part, value)
        if is_array(value):
            return self._array_fits(part, value)
        return True

    def _object_fits(self, part: JsonObject, value: JsonObject) -> bool:
        properties = object_at(part, "properties")
        if not all(isinstance(name, str) and name in value for name in _list(part, "required")):
            return False
        known = ((properties.get(name), item) for name, item in value.items())
        return all(is_object(child) and self._fits(child, item) for child, item in known)

    def _array_fits(self, part: JsonObject, value: list[object]) -> bool:
        items, least = part.get("items"), part.get("minItems", 0)
        long_enough = not isinstance(least, int) or len(value) >= least
        return long_enough and (not is_object(items) or all(self._fits(items, item) for item in value))

    def _fill(self, part: JsonObject, wanted: Mapping[str, object]) -> object:
        part = self._resolved(part)
        if "const" in part:
            return part["const"]
        for choice in (_list(part, "enum"), _list(part, "anyOf"), _list(part, "allOf")):
            if choice:
                first = choice[0]
                return self._fill(first, wanted) if is_object(first) else first
        return self._fill_shape(part, wanted)

    def _fill_shape(self, part: JsonObject, wanted: Mapping[str, object]) -> object:
        kind = _first_type(part)
        if kind == "object":
            properties = object_at(part, "properties").items()
            return {name: self._fill_property(name, child, wanted) for name, child in properties if is_object(child)}
        if kind == "array":
            items = part.get("items")
            return [self._fill(items, wanted)] if part.get("minItems") and is_object(items) else []
        if kind == "string" and "format" in part:
            return FORMATS.get(text_at(part, "format"), PLAIN["string"])
        return PLAIN.get(kind)

    def _fill_property(self, name: str, child: JsonObject, wanted: Mapping[str, object]) -> object:
        if name not in wanted:
            return self._fill(child, {})
        for candidate in _shapes_of(wanted[name]):
            if self._fits(child, candidate):
                return candidate
        return self._fill(child, {})


def _shapes_of(value: object) -> Iterator[object]:
    yield value
    if is_array(value) and all(isinstance(item, str) for item in value):
        yield "\n".join(str(item) for item in value)
    if isinstance(value, str):
        yield [value]


def _type_fits(part: JsonObject, value: object) -> bool:
    kinds = part.get("type")
    names = kinds if is_array(kinds) else [kinds] if kinds else []
    return not names or any(_is_a(str(name), value) for name in names)


def _is_a(kind: str, value: object) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, TYPES.get(kind, ()))


def _first_type(part: JsonObject) -> str:
    kinds = part.get("type")
    return str(kinds[0]) if is_array(kinds) and kinds else str(kinds)


def _literal_fits(part: JsonObject, value: object) -> bool:
    if "const" in part and value != part["const"]:
        return False
    return "enum" not in part or value in _list(part, "enum")


def compiled(format_: JsonObject) -> Schema:
    """The schema of ``output_config.format``; ApiError when it is refused."""
    schema = format_.get("schema")
    if text_at(format_, "type") != "json_schema":
        refuse("output_config.format.type: Input should be 'json_schema'")
    if not is_object(schema):
        refuse(f"{WHERE}: Field required")
    check_schema(schema)
    return Schema(schema)
