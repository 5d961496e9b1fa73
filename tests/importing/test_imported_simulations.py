"""Imported files as cells of a simulation: they settle, without V ever overflowing, at the steps of the program."""

import numpy as np
import pytest

pytest.importorskip("myokit", reason='reading model files takes Myokit: pip install "cardiac-tissue[import]"')

from imported_files import FILES, file

from cardiac.cell import Cell, rest


@pytest.mark.parametrize("name", FILES)
def test_an_imported_cell_settles(name: str) -> None:
    """Maltsev 2009 overflows with the usual step of 0.05 ms and does not with half of it."""
    found = rest(Cell(file(name).model, {}, []), 500.0)
    assert -100.0 < found.V[0] < 60.0
    assert all(np.isfinite(values).all() for values in found.state.values())
