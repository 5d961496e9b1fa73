"""The parameters of the model in every cell: variant, changes and wanted behaviour, region by region."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cardiac import tissue
from cardiac.config import Change, Config, ModelChoice, Region
from cardiac.models import Model
from cardiac.simulation import Array, Field


def parameters(config: Config, model: Model, regions: Mapping[str, Array]) -> dict[str, Field]:
    """Every parameter of the model as a number or a field (ny, nx). Raises ConfigError.

    `regions` are weights (ny, nx) by name; later regions act on earlier ones.
    """
    wishes = config.model.behaviour
    base = _with_behaviour(
        config, "model", model, _changed(model, model.Parameters(), config.model, True), wishes
    )
    fields: dict[str, Field] = dict(base._asdict())
    for name, region in config.regions.items():
        here = _changed(model, base, region, region.variant is not None)
        if region.behaviour is not None:
            path = f"regions.{name}.behaviour"
            if getattr(region.behaviour, "resting_potential", None) is not None:
                text = "needs a current that holds it, or charge would flow forever - use hyperpolarize: {to: ...}"
                raise config.error([(f"{path}.resting_potential", text)])
            here = _with_behaviour(config, path, model, here, _merged(wishes, region.behaviour))
        for key, value in here._asdict().items():
            if value != getattr(base, key):
                fields[key] = tissue.field(fields[key], [(regions[name], Change(value, False, ""))])
    return fields


def _changed(model: Model, p: Any, choice: ModelChoice | Region, choose_variant: bool) -> Any:
    """The parameters `p` with the variant and the changes of a choice."""
    if choose_variant and model.variants:
        varying = {key for changes in model.variants.values() for key in changes}
        variant = model.variants[choice.variant or next(iter(model.variants))]
        p = p._replace(**{key: variant.get(key, getattr(model.Parameters(), key)) for key in varying})
    return p._replace(
        **{key: c.value * getattr(p, key) if c.factor else c.value for key, c in choice.parameters.items()}
    )


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
