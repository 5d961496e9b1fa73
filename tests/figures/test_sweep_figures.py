"""Figures of sweeps: of a full grid, of one that was refined, and of boundaries that were found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import FillBetweenPolyCollection, QuadMesh
from matplotlib.colors import to_rgba
from reading import words
from sweep_tables import DOSES, WIDTHS, boundary, critical, grid, outcome

from cardiac.figures._style import OUTCOMES
from cardiac.figures.sweeps import obstacle
from cardiac.figures.sweeps._axes import NOT_RUN, spoken
from cardiac.table import SweepTable


@pytest.mark.parametrize("refined", [False, True])
def test_areas_have_the_colour_of_what_came_out(tmp_path: Path, refined: bool) -> None:
    """Everywhere: what a refined grid has not run is known from the cells around it."""
    table = grid(tmp_path / "a.sweep.h5", refined=refined)
    axes = table.plot("phase_diagram").axes[0]
    (mesh,) = axes.findobj(QuadMesh)
    mesh.update_scalarmappable()
    shown = mesh.get_facecolors().reshape(len(DOSES), len(WIDTHS), 4)
    said = outcome(*np.meshgrid(WIDTHS, DOSES))
    assert all(
        tuple(shown[i, j]) == pytest.approx(to_rgba(OUTCOMES[said[i, j]]))
        for i in range(len(DOSES))
        for j in range(len(WIDTHS))
    )
    dots = [line for line in axes.lines if line.get_marker() == "."]
    assert sum(len(line.get_xdata()) for line in dots) == (table.attributes["runs"] if refined else 0)


def test_cells_that_were_not_run_are_pale(tmp_path: Path) -> None:
    table = grid(tmp_path / "a.sweep.h5", refined=True)
    axes = table.plot("phase_diagram", of="block.strip.outcome").axes[0]
    (mesh,) = axes.findobj(QuadMesh)
    mesh.update_scalarmappable()
    pale = (np.abs(mesh.get_facecolors() - to_rgba(NOT_RUN)) < 1e-6).all(axis=1).sum()
    assert pale == WIDTHS.size * DOSES.size - table.attributes["runs"]


def test_a_boundary_has_areas_on_its_sides_and_theory_beside_it(tmp_path: Path) -> None:
    axes = boundary(tmp_path / "a.sweep.h5").plot("phase_diagram").axes[0]
    areas = {tuple(area.get_facecolor()[0][:3]) for area in axes.findobj(FillBetweenPolyCollection)}
    assert areas == {to_rgba(OUTCOMES[name])[:3] for name in ("conducted", "blocked")}
    solid, dashed = (
        next(
            line.get_ydata() for line in axes.lines if line.get_linestyle() == style and len(line.get_xdata())
        )
        for style in ("-", "--")
    )
    assert solid == pytest.approx(critical(WIDTHS))
    assert dashed == pytest.approx(1.01 * critical(WIDTHS))


@pytest.mark.parametrize("options", [{}, {"for_": "print", "width": 85.0}], ids=["screen", "column"])
def test_nothing_sticks_out(tmp_path: Path, options: dict[str, object]) -> None:
    tables: list[tuple[SweepTable, str]] = [
        (grid(tmp_path / "a.sweep.h5"), name) for name in ("phase_diagram", "heat_map", "line_family")
    ]
    tables.append(
        (boundary(tmp_path / "b.sweep.h5", ("luo_rudy_1991", "courtemanche_1998")), "phase_diagram")
    )
    for table, name in tables:
        figure = table.plot(name, **options)
        box, size = figure.get_tightbbox(), figure.get_size_inches()
        assert min(box.x0, box.y0) >= 0
        assert (np.array([box.x1, box.y1]) <= size).all()


def test_what_was_collected_is_told_in_words(tmp_path: Path) -> None:
    found = words(grid(tmp_path / "a.sweep.h5").plot("line_family"))
    assert {"delay at strip (µs)", "dose (mS/µF)", "width 0.5 mm"} <= found


def test_names_of_what_was_collected_become_words() -> None:
    named = {"block.strip.delay": "delay at strip", "probes.far.V.last": "last V at far", "ERP": "ERP"}
    assert {name: spoken(name) for name in named} == named


def test_what_cannot_be_drawn_is_known(tmp_path: Path) -> None:
    found = boundary(tmp_path / "a.sweep.h5")
    assert obstacle("heat_map", found) == "boundary lies along width; 2 axes of a grid are drawn here"
    assert obstacle("phase_diagram", found) == ""
