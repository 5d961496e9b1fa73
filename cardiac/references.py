"""Annotations of what refers to the rest of a config: a region, a probe, a variable, places in the tissue.

Like the units of `cardiac.units`, they say of a measure's or a recorder's options what may be written for them;
the config, which knows what there is, makes readers of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple


class Reference(NamedTuple):
    """As an annotation: what the value refers to."""

    what: str


region_name = Annotated[str, Reference("region")]
probe_name = Annotated[str, Reference("probe")]
variable_name = Annotated[str, Reference("variable")]  # V, or a state variable of the model
experiment = Annotated[Any, Reference("experiment")]  # the Options of an experiment
places = Annotated[Mapping[str, tuple[float, ...]], Reference("places")]  # x, y [mm] by name
shape = Annotated[Any, Reference("shape")]  # a Shape of cardiac.tissue.shapes
strength = Annotated[Any, Reference("strength")]  # of a stimulus: A/F, or a multiple of the threshold
place = Annotated[tuple[float, ...], Reference("place")]  # x, y [mm] in the tissue
FARTHEST = 100.0  # mm, of an electrode from the tissue: about as far as the skin is from the heart
electrodes = Annotated[Mapping[str, tuple[float, ...]], Reference("electrodes")]  # x, y, z [mm], also outside


class Doses(NamedTuple):
    """A mechanism at several doses, or several values of another of its inputs."""

    mechanism: str  # its name
    inputs: Any  # record Inputs of the mechanism
    key: str  # the input that takes the values
    values: tuple[float, ...]  # in its unit

    @property
    def each(self) -> list[Any]:
        """The inputs with each of the values."""
        return [self.inputs._replace(**{self.key: value}) for value in self.values]


doses = Annotated[Doses, Reference("doses")]
