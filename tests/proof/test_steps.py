"""Steps that are chosen: as accurate as was asked, the same with any threads, and few where nothing happens."""

from typing import Any

import numpy as np
import pytest
from reference import MODELS, table

from cardiac import models
from cardiac.assembly import assemble
from cardiac.assembly.numerics import CHANGES
from cardiac.config import ACCURACIES, loads
from cardiac.protocol import Window
from cardiac.simulation import Simulation, Stimulus
from cardiac.tissue import Grid

CABLE = """
title: A cable
model: {model}
tissue: {{size: 20 mm, spacing: 0.2 mm, diffusivity: 0.1 mm^2/ms}}
stimuli:
  - {{at: {{left: 3 mm}}, duration: 2 ms, strength: 2 x threshold}}
run: {{duration: {duration} ms, {run}}}
"""
SHEET = """
title: A wave that meets a scar, and a disk whose conductance opens for a while
model: mitchell_schaeffer_modified
tissue:
  size: [12 mm, 4 mm]
  spacing: 0.2 mm
  diffusivity: {along: 0.1 mm^2/ms, across: 0.03 mm^2/ms, fibre_angle: 30 deg}
regions:
  disk:
    shape: {disk: {center: [6 mm, 2 mm], radius: 1 mm}}
    mechanisms:
      - potassium_conductance: {g: 1 mS/uF, reversal: -95 mV, when: {from: 20 ms, to: 40 ms}}
  scar: {shape: {disk: {center: [9 mm, 1 mm], radius: 0.7 mm}}, conducts: false}
stimuli:
  - {at: {left: 1 mm}, duration: 2 ms, strength: 2 x threshold}
run: {duration: 60 ms}
"""
FIXED = SHEET.replace(
    "{duration: 60 ms}", "{duration: 60 ms, dt: 0.01 ms, scheme: rush_larsen, space_order: 2}"
)
STRIP = """
title: A strip of added conductance, as in strip_block.csv
model: {model}
tissue: {{size: {length} mm, spacing: {dx} mm, diffusivity: {D} mm^2/ms}}
regions:
  strip:
    shape: {{strip: {{center: {center} mm, width: {w} mm}}}}
    mechanisms: [potassium_conductance: {{g: {g:.8g} mS/uF, reversal: {ek} mV}}]
stimuli: [{{at: {{left: 1 mm}}, duration: 1 ms, strength: 100 A/F}}]
start: {{settle: 500 ms}}
run: {{duration: 400 ms, accuracy: fine, space_order: 2}}
"""
FLANK, BEYOND = 6.0, 4.0  # mm
EXACT = 0.002  # ms, a step whose error is far below what is asked
RUN = 120.0  # ms


def travelled(model: str, run: str) -> tuple[float, Simulation]:
    """The velocity of a wave between 5 and 11 mm [mm/ms], and the simulation that it ran in."""
    config = loads(CABLE.format(model=model, duration=RUN, run=run))
    simulation = assemble(config).simulation()
    simulation.measure(-30.0)
    simulation.advance(round(RUN / simulation.dt))
    x, times = simulation.grid.x, simulation.activity.activation[0, 0]
    start, end = (simulation.grid.cell_at((at,))[1] for at in (5.0, 11.0))
    return float((x[end] - x[start]) / (times[end] - times[start])), simulation


@pytest.mark.parametrize("name", models.names())
def test_the_velocity_is_as_accurate_as_asked(name: str) -> None:
    exact, _ = travelled(name, f"dt: {EXACT} ms")
    for accuracy, tolerance in ACCURACIES.items():
        found, _ = travelled(name, f"accuracy: {accuracy}")
        assert found == pytest.approx(exact, rel=tolerance), accuracy


def test_tissue_at_rest_reacts_in_one_step_of_eight() -> None:
    config = loads(CABLE.format(model="luo_rudy_1991", duration=RUN, run="accuracy: standard"))
    simulation = assemble(config).simulation()
    simulation.stimuli = ()
    steps = round(RUN / simulation.dt)
    quiet = Simulation(
        simulation.model,
        simulation.grid,
        simulation.dt,
        V=simulation.V,
        state=simulation.state,
        faces=assemble(config).faces,
        pace=assemble(config).pace,
    )
    quiet.advance(steps)
    assert quiet.reaction_steps.max() < 0.15 * steps


def test_an_upstroke_takes_more_steps_than_what_follows() -> None:
    _, simulation = travelled("luo_rudy_1991", "accuracy: standard")
    before = simulation.reaction_steps.copy()
    later = round(20.0 / simulation.dt)
    simulation.advance(later)
    plateau = simulation.reaction_steps - before
    assert (plateau <= later).all()
    assert (before > round(RUN / simulation.dt) // 8).all()


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_do_not_change_a_bit(threads: int) -> None:
    assembly = assemble(loads(SHEET))
    assert assembly.pace.finest > 1
    results = []
    for n in (1, threads):
        simulation = assembly.simulation(threads=n)
        simulation.measure(-30.0)
        simulation.advance(round(60.0 / simulation.dt))
        results.append((simulation.V, simulation.activity.activation, simulation.reaction_steps))
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("sheet", [SHEET, FIXED])
def test_a_run_in_pieces_is_the_run(sheet: str) -> None:
    assembly = assemble(loads(sheet))
    whole, pieces = assembly.simulation(), assembly.simulation()
    steps = round(60.0 / whole.dt)
    whole.advance(steps)
    for _ in range(steps // 7):
        pieces.advance(7)
    pieces.advance(steps % 7)
    np.testing.assert_array_equal(whole.V, pieces.V)


def test_what_is_read_now_and_then_is_what_there_is() -> None:
    """With fixed steps the potential before the diffusion is written only for who reads it."""
    assembly = assemble(loads(FIXED))
    whole, single = assembly.simulation(), assembly.simulation()
    seen = []
    for simulation in (whole, single):
        simulation.probe([(2, 3), (5, 20)], 7)
        simulation.measure(-30.0)
    sampled = whole.advance(2100)
    for step in range(1, 2101):
        single.advance(1)
        if step % 7 == 0:
            seen.append(single.V[[2, 5], [3, 20]])
    np.testing.assert_array_equal(sampled[:, :, 0], seen)
    assert np.isfinite(whole.activity.activation).any()
    np.testing.assert_array_equal(whole.activity.activation, single.activity.activation)
    np.testing.assert_array_equal(whole.activity.V_max, single.activity.V_max)


@pytest.mark.parametrize("sheet", [SHEET, FIXED])
def test_a_run_that_goes_back_goes_on_to_the_same_bits(sheet: str) -> None:
    simulation = assemble(loads(sheet)).simulation()
    simulation.advance(200)
    kept = simulation.snapshot()
    ends = []
    for spoil in (False, True):
        if spoil:  # what is not finite must not stay anywhere
            simulation.V = np.nan
            simulation.advance(3, finite=False)
        simulation.restore(kept)
        simulation.advance(200)
        ends.append((simulation.V, *simulation.state.values(), simulation.reaction_steps))
    for one, other in zip(*ends, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_pulse_that_meets_waiting_tissue_delivers_its_charge() -> None:
    """Some 7 mV by a pulse whose edges fall between the steps; V is known to what a tile waits for."""
    text = CABLE.replace("2 x threshold", "5 A/F").replace(
        "duration: 2 ms,", "duration: 2 ms, start: 31.7 ms,"
    )
    V = []
    for run in ("accuracy: fine", f"dt: {EXACT} ms"):
        simulation = assemble(loads(text.format(model="luo_rudy_1991", duration=34, run=run))).simulation()
        resting = simulation.V
        simulation.advance(round(34.0 / simulation.dt))
        V.append(simulation.V - resting)
    assert V[1].max() > 5.0
    np.testing.assert_allclose(*V, atol=CHANGES["fine"][1])


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            row,
            marks=[pytest.mark.slow] if row["dx"] < 0.1 or row["model"] == "lr1991" else [],
            id="{model}-{w:g}mm-dx{dx:g}".format(**row),
        )
        for row in table("strip_block.csv")
    ],
)
def test_fine_steps_find_the_conductance_that_blocks_a_strip_to_half_a_per_cent(row: dict[str, Any]) -> None:
    """Against the tables, which bracket it to 0.05 %, on the same grid."""
    width, name = row["w"], MODELS[row["model"]]
    verdicts = []
    for factor in (0.995, 1.005):
        place = {"length": 2 * FLANK + width, "center": FLANK + width / 2}
        text = STRIP.format(**{**row, **place, "model": name.model, "g": factor * row["crit"]})
        assembly = assemble(loads(text))
        cable = assembly.simulation()
        cable.step = -round(assembly.config.start.settle / cable.dt)
        cable.advance(-cable.step)
        cable.measure(name.activation)
        cable.advance(round(assembly.config.run.duration / cable.dt))
        reached = cable.activity.activation[0][cable.grid.cell_at((FLANK + width + BEYOND,))]
        verdicts.append(bool(np.isfinite(reached)))
    assert verdicts == [True, False]


def test_stimuli_act_where_they_are_and_nowhere_else() -> None:
    """Of uncoupled cells in rows of several tiles, some get one stimulus, some another, some both, most none."""
    model, grid = models.load("mitchell_schaeffer_modified"), Grid(nx=40, ny=6)
    first, second = np.zeros((2, *grid.shape))
    first[1, 3:20], second[1:3, 18:39] = 1.0, 0.5
    strengths = {"first": 3.0, "second": 8.0}
    pulses = [
        Stimulus(weight, strengths[name], Window(0.1, 0.9))
        for name, weight in (("first", first), ("second", second))
    ]
    sheet = Simulation(model, grid, 0.01, stimuli=pulses)
    sheet.advance(80)
    given = first * strengths["first"] + second * strengths["second"]
    assert len(np.unique(given)) == 4
    for current in np.unique(given):
        alone = Simulation(model, Grid(), 0.01, stimuli=[Stimulus(1.0, current, Window(0.1, 0.9))])
        alone.advance(80)
        np.testing.assert_allclose(sheet.V[given == current], alone.V[0, 0], rtol=1e-12)
