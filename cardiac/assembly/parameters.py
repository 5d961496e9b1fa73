"""The parameters of the model in every cell: variant, changes and wanted behaviour, region by region."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cardiac import tissue
from cardiac.assembly.faults import Faults
from cardiac.config import Change, Config
from cardiac.models import Model
from cardiac.simulation import Array, Field


def parameters(
    config: Config, model: Model, regions: Mapping[str, Array], faults: Faults
) -> dict[str, Field]:
    """Every parameter of the model as a number or a field (ny, nx).

    `regions` are weights (ny, nx) by name; later regions act on earlier ones.
    """
    wishes = config.model.behaviour
    own = model.parameters(config.model.variant)
    base = _with_behaviour(faults, "model", model, _changed(own, config.model.parameters), wishes)
    fields: dict[str, Field] = dict(base._asdict())
    for name, region in config.regions.items():
        changes = dict(region.parameters)
        if region.variant is not None:
            changes = _set(_variant(model, region.variant)) | changes
        if region.behaviour is not None:
            here, both = _changed(base, changes), _merged(wishes, region.behaviour)
            solved = _with_behaviour(faults, f"regions.{name}.behaviour", model, here, both)
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


def _with_behaviour(faults: Faults, path: str, model: Model, p: Any, behaviour: Any) -> Any:
    """The parameters `p`, solved for the wanted behaviour of the cell; `path` is where it is asked for."""
    if behaviour is None or model.parameters_from is None:
        return p
    try:
        return model.parameters_from(behaviour, p)
    except ValueError as error:
        key, _, text = str(error).partition(": ")
        faults.add(f"{path}.{key}", text)
        return p


def _merged(base: Any, own: Any) -> Any:
    """The behaviour of a region: its own wishes, and those of the tissue where it has none."""
    return (
        own if base is None else type(own)(*(b if o is None else o for b, o in zip(base, own, strict=True)))
    )
