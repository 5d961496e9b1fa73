"""What must not matter: threads, processes, chunks, left and right, a second dimension."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from media import Leak, medium
from sheets import STEPS, digest, observed, sheet

from cardiac.kernels.observation import EXTREME, NOWHERE
from cardiac.tissue import Grid


@pytest.fixture(scope="module")
def result() -> dict[str, np.ndarray]:
    """The sheet on one thread in one call."""
    return observed()


def test_the_sheet_is_worth_comparing(result: dict[str, np.ndarray]) -> None:
    reached = np.isfinite(result["activation"][0])
    assert 0.5 < reached.mean() < 1.0
    assert np.isfinite(result["V"]).all()


def test_a_repeated_run_has_the_same_bits(result: dict[str, np.ndarray]) -> None:
    assert digest(result) == digest(observed())


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_a_run_on_more_threads_has_the_same_bits(result: dict[str, np.ndarray], threads: int) -> None:
    assert digest(result) == digest(observed(threads=threads))


def test_another_process_finds_the_same_bits(result: dict[str, np.ndarray]) -> None:
    command = [sys.executable, str(Path(__file__).with_name("sheets.py")), "2"]
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    found = subprocess.run(command, capture_output=True, text=True, check=True, env=paths)
    assert digest(result) == found.stdout.strip()


@pytest.mark.parametrize("chunks", [(1,) * STEPS, (13, 7, 280, 600), (450, 450)])
def test_chunks_leave_no_trace(result: dict[str, np.ndarray], chunks: tuple[int, ...]) -> None:
    assert digest(result) == digest(observed(chunks=chunks))


def test_measurements_miss_nothing_while_they_look_away(result: dict[str, np.ndarray]) -> None:
    """Tiles where nothing happens are passed over; looking at each in every step finds the same."""
    simulation = sheet()
    simulation.measure(0.4)
    for _ in range(STEPS):
        simulation._beats.bands[...] = NOWHERE
        simulation.advance(1)
    found = simulation.activity
    for name in ("activation", "apd50", "apd90"):
        np.testing.assert_array_equal(getattr(found, name), result[name], err_msg=name)
    for name in ("V_min", "V_max", "upstroke"):
        np.testing.assert_allclose(getattr(found, name), result[name], rtol=0, atol=EXTREME, err_msg=name)


def test_a_mirrored_sheet_does_the_mirrored_thing(result: dict[str, np.ndarray]) -> None:
    mirrored = observed(mirrored=True)
    # Round-off only, as east and west enter each sum in another order; extremes are known as closely as they are.
    for names, atol in ((("activation", "V"), 1e-10), (("V_min", "V_max", "upstroke"), EXTREME)):
        for name in names:
            np.testing.assert_allclose(
                mirrored[name][..., ::-1], result[name], rtol=1e-10, atol=atol, err_msg=name
            )


def test_a_strip_across_a_sheet_does_what_it_does_in_a_cable() -> None:
    cable, sheet = Grid(nx=90, spacing=0.2), Grid(nx=90, ny=6, spacing=0.2)
    strip = 1.0 * ((cable.x > 6.0) & (cable.x < 7.2))[None]
    found = []
    for grid in (cable, sheet):
        # Half a step is within two stages of diffusion in one dimension and in two.
        simulation = medium(grid, 0.015, 1.0 * (cable.x < 2.0)[None], 8.0, leak=Leak(1.5 * strip, -0.1))
        simulation.measure(0.5)
        simulation.advance(900)
        found.append((simulation.V, simulation.activity.activation[0]))
    for of_cable, of_sheet in zip(*found, strict=True):
        np.testing.assert_array_equal(of_sheet, np.repeat(of_cable, sheet.ny, axis=0))
    assert np.isfinite(found[0][1][0, -1])
