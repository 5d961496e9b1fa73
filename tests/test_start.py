"""Where a run starts: from what another has stored, or from cells that were paced alone."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cardiac as cc
from cardiac import cell as cells
from cardiac.assembly import assemble
from cardiac.cell import pacing

CABLE = """
title: A cable
model: luo_rudy_1991
tissue: {size: [4 mm], spacing: 0.2 mm, diffusivity: 0.1 mm^2/ms}
run: {duration: 30 ms, dt: 0.02 ms}
stimuli: [{at: {left: 0.5 mm}, duration: 2 ms, strength: 2 x threshold}]
record:
  frames: {of: [V, m, h, j, d, f, X, Ca_i], every: 5 ms, precision: full}
  probes: {middle: [2 mm]}
  probe_interval: 0.1 ms
"""
CELL = """
title: A cell
model: luo_rudy_1991
tissue: cell
run: {duration: 1600 ms, dt: 0.01 ms, scheme: rush_larsen_2}
stimuli: [{duration: 2 ms, strength: 2 x threshold, count: 4, interval: 400 ms}]
"""


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> cc.Result:
    return cc.run(cc.loads(CABLE), tmp_path_factory.mktemp("earlier") / "cable.h5")


def started(earlier: cc.Result, start: str, text: str = CABLE) -> Any:
    """The assembly of a run that starts like this, in the folder of the earlier result."""
    return assemble(cc.loads(f"{text}start: {start}\n", folder=earlier.path.parent))


def test_a_run_goes_on_from_the_end_of_another(earlier: cc.Result) -> None:
    assembly = started(earlier, "{from: cable.h5}", CABLE.replace("stimuli", "title_stimuli").replace(
        "title_stimuli: [{at: {left: 0.5 mm}, duration: 2 ms, strength: 2 x threshold}]\n", ""))  # fmt: skip
    simulation = assembly.simulation()
    np.testing.assert_array_equal(simulation.V, earlier.state.columns["V"])
    for name, values in simulation.state.items():
        np.testing.assert_array_equal(values, earlier.state.columns[name])
    longer = cc.run(cc.loads(CABLE.replace("duration: 30 ms", "duration: 50 ms")))
    simulation.advance(round(20.0 / 0.02))
    # Half a step of diffusion is taken anew where the second run begins.
    np.testing.assert_allclose(simulation.V, longer.state.columns["V"], atol=0.02)


def test_a_run_starts_at_a_stored_time(earlier: cc.Result) -> None:
    assembly = started(earlier, "{from: {file: cable.h5, time: 10 ms}}")
    np.testing.assert_array_equal(assembly.V, earlier.frames("V")[2])
    np.testing.assert_array_equal(assembly.state["m"], earlier.frames("m")[2])


def test_one_cell_is_spread_over_a_sheet(earlier: cc.Result) -> None:
    sheet = CABLE.replace("size: [4 mm]", "size: [2 mm, 1 mm]").replace("  probes: {middle: [2 mm]}\n", "")
    assembly = started(earlier, "{from: {file: cable.h5, probe: middle, time: 12.3 ms}}", sheet)
    probe = earlier.probes["middle"]
    assert probe.V[123] == assembly.V
    assert assembly.simulation().V.shape == (5, 10)
    assert assembly.state["Ca_i"] == probe["Ca_i"][123]


def test_cells_that_were_paced_are_as_those_of_a_run_of_a_cell() -> None:
    paced = assemble(
        cc.loads(CELL.replace("stimuli", "start: {paced: {cycle_length: 400 ms, beats: 4}}\nstimuli"))
    )
    state = cc.run(cc.loads(CELL)).state.columns
    assert pytest.approx(state["V"].item(), abs=1e-6) == paced.V
    for name, value in paced.state.items():
        assert value == pytest.approx(state[name].item(), rel=1e-6), name


def test_pacing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = assemble(cc.loads(CELL)).config
    one = cells.Cell(assemble(cell).model, {}, [])
    first = pacing.paced(one, 400.0, 2)
    monkeypatch.setattr(pacing, "train", lambda *_: pytest.fail("paced again"))
    again = pacing.paced(one, 400.0, 2)
    assert {name: values.tolist() for name, values in first.items()} == {
        name: values.tolist() for name, values in again.items()
    }


def test_every_kind_of_cell_is_paced_alone() -> None:
    text = CABLE.replace("stimuli", "regions: {more: {shape: {strip: {center: 3 mm, width: 2 mm}}, "
        "mechanisms: [{potassium_conductance: {g: 0.1 mS/uF, reversal: -95 mV}}]}}\n"
        "start: {paced: {cycle_length: 300 ms, beats: 3}}\nstimuli")  # fmt: skip
    assembly = assemble(cc.loads(text))
    assert len(np.unique(assembly.V)) == 2
    assert assembly.V[0, 15] < assembly.V[0, 2]


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ("{from: cabel.h5}", r'there is no file .*cabel\.h5" - did you mean "cable\.h5"'),
        ("{from: {file: cable.h5, time: 11 ms}}", r"holds nothing at 11 ms - the nearest is 10 ms, of 0..30 ms"),
        ("{from: {file: cable.h5, probe: midle}}", r'no probe "midle" - did you mean "middle"'),
        ("{from: cable.h5, state: published}", "a run has one start - keep one of from, state"),
        ("{from: cable.h5, paced: 300 ms}", "a run has one start - keep one of from, paced"),
        ("{paced: 300}", r"start\.paced.*needs a unit"),
        ("{paced: {cycle_length: 300 ms, beats: 0}}", "beats"),
        ("{paced: 1 ms}", "is not longer than the pulse, 2 ms"),
    ],
)  # fmt: skip
def test_a_start_that_cannot_be_is_refused(earlier: cc.Result, start: str, message: str) -> None:
    with pytest.raises(cc.ConfigError, match=message) as error:
        started(earlier, start)
    assert f"config:{len(CABLE.splitlines()) + 1}" in str(error.value)


def test_what_does_not_fit_is_refused(earlier: cc.Result, tmp_path: Path) -> None:
    longer = CABLE.replace("[4 mm]", "[5 mm]")
    with pytest.raises(cc.ConfigError, match="holds 1 rows of 20 cells, here are 1 rows of 25 cells"):
        started(earlier, "{from: cable.h5}", longer)
    other = CABLE.replace("luo_rudy_1991", "mitchell_schaeffer_2003").replace(
        "[V, m, h, j, d, f, X, Ca_i]", "[V]"
    )
    with pytest.raises(
        cc.ConfigError, match="is of cells of luo_rudy_1991, these are of mitchell_schaeffer_2003"
    ):
        started(earlier, "{from: cable.h5}", other)
    few = cc.run(cc.loads(CABLE.replace("[V, m, h, j, d, f, X, Ca_i]", "[V, m]")), tmp_path / "few.h5")
    with pytest.raises(cc.ConfigError, match=r"few\.h5 has no frames of h, j, d, f, X, Ca_i"):
        started(few, "{from: {file: few.h5, time: 5 ms}}")
