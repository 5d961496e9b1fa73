"""Annotations of what refers to the rest of a config: a region, a probe, a variable, places in the tissue.

Like the units of `cardiac.units`, they say of a measure's or a recorder's options what may be written for them;
the config, which knows what there is, makes readers of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NamedTuple


class Reference(NamedTuple):
    """As an annotation: what the value refers to."""

    what: str


region_name = Annotated[str, Reference("region")]
probe_name = Annotated[str, Reference("probe")]
variable_name = Annotated[str, Reference("variable")]  # V, or a state variable of the model
places = Annotated[Mapping[str, tuple[float, ...]], Reference("places")]  # x, y [mm] by name
