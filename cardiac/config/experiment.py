"""The key `experiment`: what is found out about a cell or tissue, and the doses that it may depend on."""

from __future__ import annotations

from typing import Any, NamedTuple

from cardiac.config.context import Context
from cardiac.config.messages import Faults, fault, under
from cardiac.config.named import entry, key_of, met, one_of
from cardiac.config.quantities import Reader, Several
from cardiac.config.records import RecordReader, fields_of, reader_of
from cardiac.config.references import REFERENCES
from cardiac.references import Doses
from cardiac.units import shown


class ExperimentUse(NamedTuple):
    """An experiment with what was chosen for it."""

    name: str
    options: Any  # record Options of the experiment


class ExperimentReader(Reader):
    """An `ExperimentUse`."""

    def read(self, value: Any, context: Context) -> ExperimentUse:
        from cardiac import experiments

        name, body = entry(value, "experiment", experiments.names())
        experiment = experiments.load(name)
        if context.kind and (why := experiment.unfit(context.kind)):
            raise fault(why)
        with under(*key_of(value)):
            options = RecordReader(experiment.Options).read(body, context)
            with Faults() as faults:
                for key, text in experiment.problems(options, context.model):
                    faults.add(
                        text, key, kind="value" if isinstance(body, dict) and key in body else "missing"
                    )
        return ExperimentUse(name, options)

    def write(self, value: ExperimentUse) -> Any:
        from cardiac import experiments

        return {value.name: RecordReader(experiments.load(value.name).Options).write(value.options)}

    def described(self) -> dict[str, Any]:
        from cardiac import experiments

        known = [experiments.load(name) for name in experiments.names()]
        bodies = {e.name: RecordReader(e.Options).described() | {"description": e.summary} for e in known}
        bare = [e.name for e in known if len(e.Options._field_defaults) == len(e.Options._fields)]
        return one_of(bodies, bare)


class OptionsReader(ExperimentReader):
    """The options of an experiment inside another, which cannot be the same again."""

    def read(self, value: Any, context: Context) -> Any:
        use = super().read(value, context)
        if any(isinstance(option, Doses) for option in use.options):
            raise fault(f"{use.name} cannot be inside itself - name another experiment")
        return use.options

    def write(self, value: Any) -> Any:
        from cardiac import experiments

        return super().write(ExperimentUse(experiments.of(value).name, value))

    def example(self, context: Context) -> str:
        return "threshold"

    def described(self) -> dict[str, Any]:
        return {"type": ["object", "string"], "description": "another experiment"}


class DosesReader(Reader):
    """A mechanism with a list for its dose, or for another of its keys."""

    def read(self, value: Any, context: Context) -> Doses:
        from cardiac import mechanisms

        name, body = entry(value, "mechanism", mechanisms.names(), '"cardiac mechanisms" lists all')
        mechanism = mechanisms.load(name)
        with under(*key_of(value)):
            lists = (
                [key for key, part in body.items() if isinstance(part, list)]
                if isinstance(body, dict)
                else []
            )
            if isinstance(body, dict) and "when" in body:
                with under("when"):
                    text = "acts for a time; in an experiment mechanisms act always, channels are open"
                    raise fault(f"{text} - leave it out, or write run: in place of experiment:")
            if len(lists) != 1 or lists[0] not in mechanism.Inputs._fields:
                text = (
                    f"{shown(body)} - one of its keys takes a list, for example {{{mechanism.dose}: [...]}}"
                )
                raise fault(text)
            key, record = lists[0], _listed(mechanism, lists[0])
            section: Any = record.section.model_validate(body, context=context)
            inputs, values = record.record_of(section), getattr(section, key)
            if not values:
                with under(key):
                    raise fault("is empty - give two doses or more")
            found = Doses(name, inputs._replace(**{key: values[0]}), key, values)
            with Faults() as faults:
                for i, inputs in enumerate(found.each):
                    with faults.at(key, i):
                        met(mechanism, inputs, context)
        return found

    def write(self, value: Doses) -> dict[str, Any]:
        from cardiac import mechanisms

        record = _listed(mechanisms.load(value.mechanism), value.key)
        return {value.mechanism: record.write(value.inputs._replace(**{value.key: value.values}))}

    def example(self, context: Context) -> str:
        return "{bias_current: {strength: [0 A/F, -0.5 A/F, -1 A/F]}}"

    def described(self) -> dict[str, Any]:
        return {"type": "object", "description": "a mechanism, one of whose keys takes a list of values"}


def _listed(mechanism: Any, key: str) -> RecordReader:
    """How a mechanism is read, one of whose keys takes a list."""
    hint, _ = fields_of(mechanism.Inputs)[key]
    return RecordReader(mechanism.Inputs, key, **{key: Several(reader_of(hint), distinct=True)})


# They need what is above, which needs `references`.
REFERENCES |= {"experiment": OptionsReader(), "doses": DosesReader()}
