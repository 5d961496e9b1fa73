"""The parameters of the model in every cell: variant, changes and wanted behaviour, region by region."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cardiac import tissue
from cardiac.config import Change, Config
from cardiac.models import Model
from cardiac.simulation import Array, Field


def parameters(config: Config, model: Model, regions: Mapping[str, Array]) -> dict[str, Field]:
    """Every parameter of the model as a number or a field (ny, nx). Raises ConfigError.

    `regions` are weights (ny, nx) by name; later regions act on earlier ones.
    """
    wishes = config.model.behaviour
    own = model.parameters(config.model.variant)
    base = _with_behaviour(config, "model", model, _changed(own, config.model.parameters), wishes)
    fields: dict[str, Field] = dict(base._asdict())
    for name, region in config.regions.items():
        changes = dict(region.parameters)
        if region.variant is not None:
            changes = _set(_variant(model, region.variant)) | changes
        if region.behaviour is not None:
            path = f"regions.{name}.behaviour"
            if getattr(region.behaviour, "resting_potential", None) is not None:
                text = "needs a current that holds it, or charge would flow forever - use hyperpolarize: {to: ...}"
                raise config.error([(f"{path}.resting_potential", text)])
            here = _changed(base, changes)
            solved = _with_behaviour(config, path, model, here, _merged(wishes, region.behaviour))
            changes |= _set({k: v for k, v in solved._asdict().items() if v != getattr(here, k)})
        for key, change in changes.items():
            fields[key] = tissue.field(fields[key], [(regions[name], change)])
    return fields


def _variant(model: Model, variant: str) -> dict[str, float]:
    """Every parameter in which the variants of the model differ, as it is in one of them."""
    varying = sorted({key for changes in model.variants.values() for key in changes})
    return {key: getattr(model.parameters(variant), key) for key in varying}


def _set(values: Mapping[str, float]) -> dict[str, Change]:
    return {key: Change(value, False) for key, value in values.items()}


def _changed(p: Any, changes: Mapping[str, Change]) -> Any:
    """The parameters `p` with changes."""
    return p._replace(**{k: c.value * getattr(p, k) if c.factor else c.value for k, c in changes.items()})


def _with_behaviour(config: Config, path: str, model: Model, p: Any, behaviour: Any) -> Any:
    """The parameters `p`, solved for the wanted behaviour of the cell; `path` is where it is asked for."""
    if behaviour is None or model.parameters_from is None:
        return p
    try:
        return model.parameters_from(behaviour, p)
    except ValueError as error:
        key, _, text = str(error).partition(": ")
        raise config.error([(f"{path}.{key}", text)]) from None


def _merged(base: Any, own: Any) -> Any:
    """The behaviour of a region: its own wishes, and those of the tissue where it has none."""
    return (
        own if base is None else type(own)(*(b if o is None else o for b, o in zip(base, own, strict=True)))
    )
