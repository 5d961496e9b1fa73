"""Keys about the cell model: its name, its variant, its parameters, and what it shall do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationInfo,
    model_validator,
)
from pydantic_core import CoreSchema

from cardiac.config.context import DEFAULT_MODEL, Context
from cardiac.config.messages import Faults, fault
from cardiac.config.quantities import (
    Change,
    Changed,
    Reader,
)
from cardiac.config.records import RecordReader
from cardiac.config.sections import Section
from cardiac.spelling import choices
from cardiac.units import Unit, shown, units_of


class ModelName(Reader):
    """The name of a model, or a file that holds one."""

    def read(self, value: Any, context: Context) -> str:
        from cardiac import models

        if not isinstance(value, str):
            raise fault(f"{shown(value)} is not the name of a model{choices('', models.names())}")
        if value.endswith(".py"):
            try:
                models.load(context.file(value))
            except models.ModelError as error:
                raise fault("; ".join(str(error).splitlines())) from None
        elif value not in models.names():
            raise fault(f'unknown model "{value}"{choices(value, models.names(), _LIST_MODELS)}')
        return value

    def described(self) -> dict[str, Any]:
        from cardiac import models

        return {"anyOf": [{"enum": models.names()}, {"type": "string", "pattern": r"\.py$"}]}


_LIST_MODELS = '"cardiac models" lists all'


class Variant(Reader):
    """A variant of the model."""

    def read(self, value: Any, context: Context) -> str:
        names = list(context.model.variants) if context.model else [value]
        if not isinstance(value, str) or value not in names:
            raise fault(f"unknown variant {shown(value)}{choices(value, names)}")
        return value

    def described(self) -> dict[str, Any]:
        return {"type": "string"}


class Parameters(Reader):
    """Changes of the model's parameters."""

    def read(self, value: Any, context: Context) -> dict[str, Change]:
        if not isinstance(value, dict):
            raise fault(f"{shown(value)} - parameters of the model are expected: {{g_Na: 2 x}}")
        if context.model is None:
            return {}
        known, found = units_of(context.model.Parameters), {}
        with Faults() as faults:
            for name, change in value.items():
                if name not in known:
                    text = f"{context.model.name} has no such parameter{choices(name, known)}"
                    faults.add(text, str(name), kind="key")
                    continue
                with faults.at(name):
                    found[name] = Changed(known[name]).read(change, context)
        return found

    def write(self, value: Mapping[str, Change]) -> dict[str, Any]:
        return {name: Changed(Unit(change.unit, "")).write(change) for name, change in value.items()}

    def described(self) -> dict[str, Any]:
        from cardiac import models

        known = {
            name: Changed(unit).described()
            for model in models.names()
            for name, unit in units_of(models.load(model).Parameters).items()
        }
        return {"type": "object", "properties": known}


class Behaviour(Reader):
    """What the cell is asked to do: the record BEHAVIOUR of the model."""

    def read(self, value: Any, context: Context) -> Any:
        if context.model is None:
            return None
        if context.model.Behaviour is None:
            raise fault(f"{context.model.name} cannot be asked for by what it does - set its parameters")
        return RecordReader(context.model.Behaviour).read(value, context)

    def write(self, value: Any) -> dict[str, Any]:
        return RecordReader(type(value)).write(value)

    def described(self) -> dict[str, Any]:
        return {"type": "object", "properties": self.keys()}

    def keys(self) -> dict[str, Any]:
        """The JSON Schema of each key, of all models."""
        from cardiac import models

        records = [models.load(name).Behaviour for name in models.names()]
        bodies = [
            RecordReader(record).section.model_json_schema()["properties"] for record in records if record
        ]
        return {name: schema for body in bodies for name, schema in body.items()}


class ModelChoice(Section):
    """A cell model, and how it differs from the published one."""

    shorthand: ClassVar[str] = "name"

    name: Annotated[str, ModelName()] = Field(
        DEFAULT_MODEL, description="A model, or a Python file that holds one."
    )
    variant: Annotated[str | None, Variant()] = Field(
        None, description="A variant of the model (default: its first)."
    )
    parameters: Annotated[Mapping[str, Change], Parameters()] = Field(
        {}, description="Parameters to change: a value with its unit, or a factor."
    )
    behaviour: Annotated[Any, Behaviour()] = Field(
        None, description="What the cell shall do; its keys may also stand beside `name`."
    )

    @classmethod
    def keys(cls, context: Context) -> list[str]:
        return [*super().keys(context), *_behaviour_keys(context)]

    @model_validator(mode="wrap")
    @classmethod
    def _inline_behaviour(
        cls, value: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        """Takes the keys of the behaviour that stand beside `name` for what they are."""
        context: Any = info.context
        if not isinstance(value, dict):
            return handler(value)
        inline = {key: value[key] for key in _behaviour_keys(context) if key in value}
        behaviour = None
        with Faults() as faults:
            with faults.at():
                choice = handler({key: part for key, part in value.items() if key not in inline})
            if inline and "behaviour" in value:
                faults.add(f"stands beside {', '.join(inline)} - write either", "behaviour", kind="key")
            if inline:
                with faults.at():
                    behaviour = Behaviour().read(inline, context)
        return choice.model_copy(update={"behaviour": behaviour}) if inline else choice

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        described = super().__get_pydantic_json_schema__(schema, handler)
        handler.resolve_ref_schema(described["anyOf"][1])["properties"] |= Behaviour().keys()
        return described


def _behaviour_keys(context: Context) -> tuple[str, ...]:
    given = context.data.get("model")
    # A model is imported only when there is something besides its name.
    model = context.model if isinstance(given, dict) and given.keys() - {"name"} else None
    return model.Behaviour._fields if model and model.Behaviour else ()
