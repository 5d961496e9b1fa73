"""Tissue: where the cells are, which regions they belong to, and how they conduct."""

from cardiac.tissue.bends import Bends, bends
from cardiac.tissue.conduction import Faces, Tensor, faces, monotonicity_warning, tensor
from cardiac.tissue.fields import field
from cardiac.tissue.grid import Grid
from cardiac.tissue.regions import Graded, GradedError, mask, weight
from cardiac.tissue.shapes import SHAPES, AllOf, AnyOf, Named, Not, RegionError
from cardiac.tissue.stability import stable_step

__all__ = [
    "SHAPES",
    "AllOf",
    "AnyOf",
    "Bends",
    "Faces",
    "Graded",
    "GradedError",
    "Grid",
    "Named",
    "Not",
    "RegionError",
    "Tensor",
    "bends",
    "faces",
    "field",
    "mask",
    "monotonicity_warning",
    "stable_step",
    "tensor",
    "weight",
]
