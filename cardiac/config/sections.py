"""Sections of a config: pydantic models whose keys are checked with "did you mean"; records as sections."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Self, get_type_hints

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationInfo,
    create_model,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema

from cardiac import units
from cardiac.config.context import Context
from cardiac.config.messages import Faults, choices, fault
from cardiac.config.quantities import Quantity, Reader, reader_of
from cardiac.units import shown


class Section(BaseModel):
    """A mapping with fixed keys; the names of the attributes are the keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    shorthand: ClassVar[str] = ""  # the key that a bare value stands for

    @classmethod
    def keys(cls, context: Context) -> list[str]:
        """The keys that may be written."""
        return [field.alias or name for name, field in cls.model_fields.items()]

    @model_validator(mode="wrap")
    @classmethod
    def _keys_known(cls, value: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        context: Any = info.context
        keys = cls.keys(context)
        if cls.shorthand and not isinstance(value, dict):
            value = {cls.shorthand: value}
        if not isinstance(value, dict):
            raise fault(f"{shown(value)} - keys are expected here ({', '.join(keys) or 'none'})")
        with Faults() as faults:
            for key in value:
                if key not in keys:
                    faults.add(f"unknown key{choices(key, keys)}", str(key), kind="key")
            for name, field in cls.model_fields.items():
                key = field.alias or name
                if field.is_required() and key not in value:
                    faults.add(f"is missing{_advice(key, field)}", key, kind="missing")
            with faults.at():
                section = handler({key: part for key, part in value.items() if key in keys})
        return section

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        described = handler(schema)
        if not cls.shorthand:
            return described
        inner = handler.resolve_ref_schema(described)["properties"][cls.shorthand]
        return {"anyOf": [inner, described]}


def plain(value: Any) -> Any:
    """A section (or several) as plain data in the words of a config file."""
    if isinstance(value, Section):
        return _fields(type(value), value)
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value


class RecordReader(Reader):
    """A record (see `cardiac.units`) as a mapping of its fields; a bare value is its first field."""

    def __init__(self, record: type, omit: str = "", **extra: Reader) -> None:
        self.record: Any = record
        self.section = record_section(record, omit, tuple(extra.items()))

    def read(self, value: Any, context: Context) -> Any:
        if value is not None and not isinstance(value, dict) and self.record._fields:
            value = {_key(self.record._fields[0]): value}
        return self.record_of(self.section.model_validate({} if value is None else value, context=context))

    def record_of(self, section: Section) -> Any:
        """The record whose fields are those of `section`; 0 for the one left out."""
        return self.record(*(getattr(section, name, 0.0) for name in self.record._fields))

    def write(self, value: Any) -> dict[str, Any]:
        return _fields(self.section, value)

    def described(self) -> dict[str, Any]:
        schema = self.section.model_json_schema()
        first = next(iter(schema.get("properties", {}).values()), None)
        only = len(schema.get("required", [])) <= 1 and first is not None
        return {"anyOf": [first, schema]} if only else schema


@cache
def record_section(record: type, omit: str, extra: tuple[tuple[str, Reader], ...]) -> type[Section]:
    """The section whose keys are the fields of `record` but `omit`, and `extra` ones that default to None."""
    hints = get_type_hints(record, include_extras=True)
    defaults: dict[str, Any] = getattr(record, "_field_defaults", {})
    names: tuple[str, ...] = getattr(record, "_fields", ())
    fields = {name: (hints[name], defaults.get(name, ...)) for name in names if name != omit}
    optional: dict[str, tuple[Any, Any]] = {name: (Annotated[Any, reader], None) for name, reader in extra}
    return section_of(record.__name__, fields | optional, record.__doc__)


def section_of(name: str, fields: Mapping[str, tuple[Any, Any]], doc: str | None = None) -> type[Section]:
    """A section of (annotation, default) for each key; a trailing underscore (`from_`) is not written."""
    made: dict[str, Any] = {}
    for key, (hint, default) in fields.items():
        reader = reader_of(hint)
        made[key] = (Annotated[Any, reader], Field(default, alias=_key(key), description=_about(reader)))
    return create_model(name, __base__=Section, __doc__=doc, **made)


def written_field(field: FieldInfo, value: Any) -> Any:
    """The value of a field as plain data; None where nothing needs to be written."""
    reader = next((mark for mark in field.metadata if isinstance(mark, Reader)), None)
    if value is None:
        return reader.absent if reader else None
    return reader.write(value) if reader else plain(value)


def _fields(section: type[Section], value: Any) -> dict[str, Any]:
    """Those attributes of `value` that are fields of `section`, as plain data."""
    return {
        field.alias or name: part
        for name, field in section.model_fields.items()
        if (part := written_field(field, getattr(value, name, None))) is not None
    }


def _key(name: str) -> str:
    return name.rstrip("_")


def _about(reader: Reader) -> str | None:
    if not isinstance(reader, Quantity):
        return None
    quantity = reader.unit.quantity
    return f"{units.article(quantity)} ({units.accepted(quantity)})"


def _advice(key: str, field: FieldInfo) -> str:
    if field.examples:
        return f' - write, for example, "{key}: {field.examples[0]}"'
    return f" - {field.description}" if field.description else ""
