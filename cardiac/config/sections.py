"""Sections of a config: pydantic models whose keys are checked with "did you mean"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationInfo,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema

from cardiac.config.context import Context
from cardiac.config.messages import Faults, fault
from cardiac.config.quantities import Reader
from cardiac.spelling import choices, nearest
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
        meant = " ".join(nearest(str(key), keys) for key in value if key not in keys)
        with Faults() as faults:
            for key in value:
                if key not in keys:
                    faults.add(f"unknown key{choices(key, keys)}", str(key), kind="key")
            for name, field in cls.model_fields.items():
                key = field.alias or name
                if field.is_required() and key not in value and f'"{key}"' not in meant:
                    faults.add(f"is missing{_advice(key, field, context)}", key, kind="missing")
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
        return fields_written(type(value), value)
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value


def written_field(field: FieldInfo, value: Any) -> Any:
    """The value of a field as plain data; None where nothing needs to be written."""
    reader = _reader(field)
    if value is None:
        return reader.absent if reader else None
    return reader.write(value) if reader else plain(value)


def fields_written(section: type[Section], value: Any) -> dict[str, Any]:
    """Those attributes of `value` that are fields of `section`, as plain data."""
    return {
        field.alias or name: part
        for name, field in section.model_fields.items()
        if (part := written_field(field, getattr(value, name, None))) is not None
    }


def _reader(field: FieldInfo) -> Reader | None:
    return next((mark for mark in field.metadata if isinstance(mark, Reader)), None)


def _advice(key: str, field: FieldInfo, context: Context) -> str:
    reader = _reader(field)
    fitting = reader.example(context) if reader else ""
    if example := fitting or (field.examples[0] if field.examples else ""):
        return f' - write, for example, "{key}: {example}"'
    return f" - {field.description}" if field.description else ""
