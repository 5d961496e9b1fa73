"""Records as sections: what may be written for a NamedTuple follows from the annotations of its fields.

An annotation carries a unit (`cardiac.units`), what the value refers to (`cardiac.references`), or a plain type;
a text in it (`Annotated[duration, "Interval between frames."]`) is what editors show of the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from types import NoneType, SimpleNamespace, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import Field, create_model

from cardiac import units
from cardiac.config.context import Context
from cardiac.config.quantities import File, Flag, PointReader, Quantity, Reader, Several, Text, Whole, Word
from cardiac.config.references import REFERENCES, Name, Variable
from cardiac.config.sections import Section, fields_written
from cardiac.references import Reference
from cardiac.units import Positive, Unit

Fields = Mapping[str, tuple[Any, Any]]  # name -> annotation, default; ... where there is none


class KeysReader(Reader):
    """A record as a mapping of its fields."""

    def __init__(self, record: type, omit: str = "", **extra: Reader) -> None:
        self.record: Any = record
        self.section = record_section(record, omit, tuple(extra.items()))

    def read(self, value: Any, context: Context) -> Any:
        return self.record_of(self.section.model_validate(value, context=context))

    def record_of(self, section: Section) -> Any:
        """The record whose fields are those of `section`; 0 for the one left out."""
        return self.record(*(getattr(section, name, 0.0) for name in self.record._fields))

    def write(self, value: Any) -> dict[str, Any]:
        return fields_written(self.section, value)

    def described(self) -> dict[str, Any]:
        return self.section.model_json_schema()


class RecordReader(KeysReader):
    """A record as a mapping of its fields; a bare value is its first field."""

    def read(self, value: Any, context: Context) -> Any:
        if value is not None and not isinstance(value, dict) and self.record._fields:
            value = {_key(self.record._fields[0]): value}
        return super().read({} if value is None else value, context)

    def described(self) -> dict[str, Any]:
        schema = super().described()
        first = next(iter(schema.get("properties", {}).values()), None)
        only = len(schema.get("required", [])) <= 1 and first is not None
        return {"anyOf": [first, schema]} if only else schema


@cache
def record_section(record: type, omit: str, extra: tuple[tuple[str, Reader], ...]) -> type[Section]:
    """The section whose keys are the fields of `record` but `omit`, and `extra` ones that default to None."""
    fields = {name: field for name, field in fields_of(record).items() if name != omit}
    optional: dict[str, tuple[Any, Any]] = {name: (Annotated[Any, reader], None) for name, reader in extra}
    return section_of(record.__name__, fields | optional, record.__doc__)


def defaults_written(record: Any) -> dict[str, Any]:
    """What a config says of the fields of a record that have a default, where nothing else is written."""
    return fields_written(record_section(record, "", ()), SimpleNamespace(**record._field_defaults))


def fields_of(record: Any) -> dict[str, tuple[Any, Any]]:
    """The annotation and the default of every field of a record."""
    hints = get_type_hints(record, include_extras=True)
    return {name: (hints[name], record._field_defaults.get(name, ...)) for name in record._fields}


def section_of(
    name: str, fields: Fields, doc: str | None = None, base: type[Section] = Section
) -> type[Section]:
    """A section with these keys; a trailing underscore (`from_`) is not written."""
    made: dict[str, Any] = {}
    for key, (hint, default) in fields.items():
        reader = reader_of(hint)
        field = Field(default, alias=_key(key), description=_about(hint, reader))
        made[key] = (Annotated[Any, reader], field)
    return create_model(name, __base__=base, __module__=base.__module__, __doc__=doc, **made)


def reader_of(hint: Any) -> Reader:
    """How a value with this annotation is read."""
    kind, marks, words = _taken_apart(hint)
    for mark in marks:
        if isinstance(mark, Reader):
            return mark
        if isinstance(mark, Reference):
            return REFERENCES[mark.what]
        if isinstance(mark, Unit):
            quantity = Quantity(mark, Positive() in marks, words=words)
            return PointReader(quantity) if get_origin(kind) is tuple else quantity
    if kind is int and Positive() in marks:
        return Whole(1)
    simple: dict[Any, Reader] = {bool: Flag(), int: Whole(), str: Text(), Path: File()}
    if kind in simple:
        return simple[kind]
    if words:
        return Word("word", words)
    if get_origin(kind) is tuple:
        first, *others = get_args(kind)
        item, count = reader_of(first), None if Ellipsis in others else 1 + len(others)
        return Several(item, count, count is None and isinstance(item, Name | Variable), some=count is None)
    if hasattr(kind, "_fields"):
        return KeysReader(kind)
    raise TypeError(
        f"cannot read a {hint} from a config: annotate it with a unit, a reference, a record, Path, str, int, "
        "bool or Literal"
    )


def _taken_apart(hint: Any) -> tuple[Any, tuple[Any, ...], tuple[str, ...]]:
    """The type in an annotation, what is said beside it, and the words that may stand for it."""
    if get_origin(hint) is Literal:
        return None, (), get_args(hint)
    if get_origin(hint) is Annotated:
        kind, marks, words = _taken_apart(get_args(hint)[0])
        return kind, (*hint.__metadata__, *marks), words
    if get_origin(hint) in (Union, UnionType):
        parts = (_taken_apart(part) for part in get_args(hint) if part is not NoneType)
        kinds, marks, words = zip(*parts, strict=True)
        return next(filter(None, kinds), None), tuple(chain(*marks)), tuple(chain(*words))
    return hint, (), ()


def _key(name: str) -> str:
    return name.rstrip("_")


def _about(hint: Any, reader: Reader) -> str | None:
    """The text in an annotation; else what the type tells."""
    told = next((mark for mark in _taken_apart(hint)[1] if isinstance(mark, str)), None)
    if isinstance(reader, KeysReader):
        return told or reader.record.__doc__
    if told or not isinstance(reader, Quantity):
        return told
    quantity = reader.unit.quantity
    return f"{units.article(quantity)} ({units.accepted(quantity)})"
