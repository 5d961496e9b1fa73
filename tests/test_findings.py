"""What is computed from results: against what was measured in the runs, and theory; what is missing is named."""

from __future__ import annotations

import numpy as np
import pytest

import cardiac as cc
from cardiac.analysis import electrogram, embedded, lead_field, space_constant
from cardiac.findings import Findings
from cardiac.result import Result, ResultError
from cardiac.storage import Writer
from cardiac.tissue import Grid, faces, tensor

SHEET = """
title: A wave around a scar
model: mitchell_schaeffer_modified
tissue: {size: [9 mm, 6 mm], spacing: 0.2 mm, diffusivity: 0.1 mm^2/ms}
regions:
  scar: {shape: {disk: {center: [5 mm, 2 mm], radius: 1 mm}}, conducts: false}
  right: {shape: {right: 3 mm}, diffusivity: 0.5 x}
stimuli: [{at: {left: 1 mm}, start: 1 ms, duration: 2 ms, strength: 2 x threshold}]
run: {duration: 360 ms}
record:
  frames: {every: 1 ms, precision: full}
  electrograms:
    at: {above: [4 mm, 3 mm], beside: [12 mm, -1 mm, 3 mm]}
    height: 0.5 mm
    every: 1 ms
    thickness: 0.5 mm
measure: [activation, apd50, apd90, conduction_velocity, repolarization, dispersion, {dispersion: right}]
"""

CABLE = """
title: A cable that is polarized at one end
model: mitchell_schaeffer_modified
tissue: {size: [12 mm], spacing: 0.05 mm, diffusivity: 0.1 mm^2/ms}
stimuli: [{at: {left: 1 mm}, duration: 60 ms, strength: -0.05 A/F}]
run: {duration: 60 ms, dt: 0.02 ms}
"""


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return cc.run(cc.loads(SHEET), tmp_path_factory.mktemp("sheet") / "sheet.h5")


@pytest.fixture(scope="module")
def framed(sheet: Result, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The frames of the sheet, and nothing else."""
    path = tmp_path_factory.mktemp("framed") / "framed.h5"
    with Writer(path, title="Frames") as out:
        out.coordinates(y=sheet.y, x=sheet.x)
        out.series("V", "mV", long_name="membrane potential")
        for time, V in zip(sheet.time, sheet.frames("V")[()], strict=True):
            out.append(float(time), {"V": V})
        out.complete()
    return Result.open(path)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Result:
    path = tmp_path_factory.mktemp("bare") / "bare.h5"
    with Writer(path, title="Nothing recorded") as out:
        out.coordinates(y=np.arange(5) + 0.5, x=np.arange(5) + 0.5)
        out.complete()
    return Result.open(path)


def test_beats_of_frames_are_those_that_the_run_measured(sheet: Result, framed: Result) -> None:
    """Linear interpolation in 1 ms: the upstroke bends within it, and the peak may be missed by a part of it."""
    known = np.isfinite(sheet.activation_time)
    assert known.sum() == sheet.conducting.sum()
    assert framed.analysis.activation()[known] == pytest.approx(sheet.activation_time[known], abs=0.25)
    for share, measured in ((0.5, sheet.apd50), (0.9, sheet.apd90)):
        assert np.array_equal(sheet.analysis.duration(share=share), measured, equal_nan=True)
        ends = sheet.analysis.repolarization(share=share)
        assert framed.analysis.repolarization(share=share)[known] == pytest.approx(ends[known], abs=0.15)
    assert framed.analysis.duration()[known] == pytest.approx(sheet.apd90[known], abs=0.3)


def test_dispersion_is_what_the_run_measured(sheet: Result) -> None:
    find = sheet.analysis
    assert np.array_equal(find.repolarization(), sheet.repolarization_time, equal_nan=True)
    for region, name in ((None, "dispersion"), ("right", "dispersion_right")):
        found = find.dispersion(region=region)
        assert sheet[f"{name}_apd90_deviation"] == pytest.approx([found.deviation])
        assert sheet[f"{name}_apd90_inner"] == pytest.approx([found.inner])
    whole, right = (sheet[f"{name}_repolarization_inner"][0] for name in ("dispersion", "dispersion_right"))
    assert 0.0 < right < whole
    steep = find.gradient_map()
    below = np.mean(steep[np.isfinite(steep)] <= sheet["dispersion_repolarization_gradient"][0])
    assert below == pytest.approx(0.99, abs=1e-3)


def test_velocities_are_those_that_the_run_measured(sheet: Result) -> None:
    found = sheet.analysis.velocity_map()
    assert np.array_equal(found.speed, sheet["conduction_velocity"], equal_nan=True)
    assert np.array_equal(found.vx, sheet["conduction_velocity_x"], equal_nan=True)
    assert found.speed[5:-5, 10:15] == pytest.approx(np.full((20, 5), 0.29), rel=0.15)


def test_a_wave_behind_a_scar_is_concave_and_gradients_are_finite(sheet: Result) -> None:
    curvature = sheet.analysis.curvature_map()
    behind = curvature[8:12, 31:36]  # where the two halves of the wave meet
    assert np.nanmin(behind) < -0.2
    assert np.isnan(curvature[~sheet.conducting]).all()
    assert np.nanmax(sheet.analysis.gradient_map()) < 50.0


def test_recorded_electrograms_are_those_of_the_frames(sheet: Result) -> None:
    """The diffusivity is read back from the file; frames are stored in single precision."""
    table = sheet.table("electrograms")
    assert np.array_equal(table.columns["time"], sheet.time)
    assert table.units["above"] == "mV"
    for name, height in (("above", 0.5), ("beside", 3.0)):
        x, y, z = (table.attributes[f"{part} of {name}"] for part in "xyz")
        assert z == height
        time, phi = sheet.analysis.electrogram(x, y, z, thickness=0.5)
        assert np.array_equal(time, sheet.time)
        assert phi == pytest.approx(table.columns[name], abs=1e-5)
        assert np.ptp(phi) > 0.01


def test_electrograms_of_frames_know_of_fibres_and_scars(tmp_path) -> None:
    rng = np.random.default_rng(6)
    grid, conducting = Grid(12, 9, 0.3), rng.random((9, 12)) > 0.2
    diffusion = tensor(0.1, 0.03, 90.0 * rng.random((9, 12)))
    V = rng.normal(-60.0, 20.0, (3, 9, 12))
    with Writer(tmp_path / "a.h5", title="Fibres") as out:
        out.coordinates(y=grid.y, x=grid.x)
        out.regions({}, conducting)
        out.series("V", "mV", long_name="membrane potential")
        for k in range(3):
            out.append(float(k), {"V": np.where(conducting, V[k], np.nan)})
        for part, values in diffusion._asdict().items():
            out.field(f"diffusivity_{part}", values, "mm^2/ms", "diffusivity")
        out.complete()
    _, found = Result.open(tmp_path / "a.h5").analysis.electrogram(1.0, 2.0, 0.5)
    leads = lead_field([(1.0, 2.0, 0.5)], grid.x, grid.y, faces(grid, diffusion, conducting))
    assert found == pytest.approx(electrogram(leads, V)[:, 0], rel=1e-5)


def test_an_electrogram_is_positive_before_the_wave_comes_and_steepest_when_it_does(sheet: Result) -> None:
    """The intrinsic deflection, within the interval of frames and what the height smooths."""
    time, phi = sheet.analysis.electrogram(x=3.5, y=5.0, height=0.4)
    arrival = sheet.activation_time[25, 17]
    assert phi[time < arrival - 1].max() > 0.0
    assert time[np.argmin(np.diff(phi))] + 0.5 == pytest.approx(arrival, abs=1.5)


def test_the_wave_front_is_at_the_isochrone(sheet: Result) -> None:
    wave = sheet.analysis.wave(12.0)
    assert len(wave.front) >= 1
    assert not wave.back
    for x, y in np.concatenate(wave.front):
        i, j = min(int(y / 0.2), 29), min(int(x / 0.2), 44)
        if np.isfinite(sheet.activation_time[i, j]):
            assert sheet.activation_time[i, j] == pytest.approx(12.0, abs=1.0)  # within a cell


def test_a_result_compared_with_itself_and_on_another_grid(sheet: Result, tmp_path) -> None:
    same = sheet.analysis.difference(sheet, of="V")
    assert (same.deviation, same.largest, same.only_first, same.only_second) == pytest.approx(
        (0, 0, 0, 0), abs=1e-11
    )
    coarse = cc.run(cc.loads(SHEET, set={"tissue.spacing": "0.25 mm"}), tmp_path / "coarse.h5")
    found = sheet.analysis.difference(coarse)
    assert found.map.shape == sheet.shape
    assert 0.0 < found.deviation < 1.0  # ms, of 30
    assert sheet.analysis.difference(coarse, of="apd90").deviation < 2.0
    back = coarse.analysis.difference(sheet)
    assert back.mean == pytest.approx(-found.mean, abs=0.1)
    frames = sheet.analysis.difference(coarse, of="V")
    assert frames.map.shape == sheet.frames("V").shape
    assert np.nanmean(np.abs(frames.map[250])) < 1.0  # mV, in the plateau


def test_the_space_constant_of_a_cable_is_that_of_theory(tmp_path) -> None:
    """At rest the membrane conducts u_gate / tau_in = 0.13 / 0.3 mS/uF; 0.1 mV below, 0.1 % more."""
    cable = cc.run(cc.loads(CABLE), tmp_path / "cable.h5")
    V = cable.state.columns["V"][0]
    rest = float(V[-1])
    found = cable.analysis.decay((1.5, 0.025), (6.0, 0.025), rest, end=10.5)
    assert found.amplitude < -0.01
    assert found.length == pytest.approx(space_constant(0.1, 0.13 / 0.3), rel=1e-3)
    assert found.misfit < 1e-4


def test_frames_are_read_in_parts(sheet: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same outcome as all at once."""
    whole = sheet.analysis.singularities(about=-30.0), sheet.analysis.electrogram(1.0, 1.0)[1]
    time, z = embedded(sheet.time, sheet["V"], 5.0)
    assert np.array_equal(sheet.analysis.phase(time[40])[1], z[40], equal_nan=True)
    monkeypatch.setattr("cardiac.result.BLOCK", 7.5 * 30 * 45)
    parts = sheet.analysis.singularities(about=-30.0), sheet.analysis.electrogram(1.0, 1.0)[1]
    assert np.array_equal(whole[1], parts[1])
    assert np.array_equal(whole[0][0], parts[0][0])
    assert len(parts[0][1]) == len(time)
    chosen = [0, 3, 4, 20, 21]
    assert np.array_equal(list(sheet.frames("V").each(chosen)), sheet["V"][chosen], equal_nan=True)
    for one, other in zip(whole[0][1], parts[0][1], strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_quiet_tissue_has_no_frequency_and_no_singularities(framed: Result) -> None:
    assert framed.analysis.frequencies(start=355.0, lowest=400.0, highest=500.0).dominant.shape == (30, 45)
    assert framed.analysis.trajectories() == []
    assert (
        framed.analysis.dispersion().cells
        == framed.frames("V")[0].size - np.isnan(framed.frames("V")[0]).sum()
    )


@pytest.mark.parametrize(
    ("call", "advice"),
    [
        (lambda find: find.activation(), "activation times - add measure: [activation] and run again"),
        (lambda find: find.velocity_map(), "activation times - add measure: [activation] and run again"),
        (lambda find: find.duration(), "durations - add measure: [apd90] and run again"),
        (lambda find: find.repolarization(), "times - add measure: [activation, apd90] and run again"),
        (
            lambda find: find.duration(share=0.7),
            "durations - add record: {frames: {every: 1 ms}} and run again",
        ),
        (
            lambda find: find.phase(10.0),
            "hold - add record: {frames: {every: 1 ms}} and run again",
        ),
        (lambda find: find.wave(1.0), "needs frames of V"),
        (lambda find: find.electrogram(1.0, 1.0), "an electrogram needs frames of V"),
        (
            lambda find: find.frequencies(of="h"),
            "add record: {frames: {of: [h], every: 1 ms}} and run again",
        ),
    ],
)
def test_what_was_not_recorded_is_named_with_the_line_that_keeps_it(bare: Result, call, advice) -> None:
    with pytest.raises(ResultError) as error:
        call(bare.analysis)
    assert advice in str(error.value)


def test_a_spread_of_fewer_than_two_cells_is_refused(sheet: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    one = np.full(sheet.shape, np.nan)
    one[3, 40] = 200.0
    monkeypatch.setattr(Findings, "duration", lambda *_: one)
    with pytest.raises(ResultError, match=r"sheet.h5: fewer than two cells have .* that ends, in beat 1"):
        sheet.analysis.dispersion()
    one[3, 40] = np.nan
    with pytest.raises(ResultError, match='fewer than two cells of region "right" have'):
        sheet.analysis.dispersion(region="right")


def test_results_of_other_tissue_are_not_compared(sheet: Result, bare: Result, tmp_path) -> None:
    cable = cc.run(cc.loads(CABLE, set={"run.duration": "1 ms"}), tmp_path / "cable.h5")
    for other, size in ((bare, "5 x 5 mm"), (cable, "12 mm long")):
        with pytest.raises(ResultError, match=rf"sheet.h5 is 9 x 6 mm, .*{size} - only results of the same"):
            sheet.analysis.difference(other)


def test_what_cannot_be_is_said(sheet: Result, framed: Result) -> None:
    with pytest.raises(ResultError, match=r"there is no beat 3, .*sheet.h5 holds 1"):
        sheet.analysis.velocity_map(beat=3)
    with pytest.raises(ResultError, match="does not hold its diffusivity"):
        framed.analysis.electrogram(1.0, 1.0)
    with pytest.raises(
        ResultError, match=r"sheet.h5: an electrode at a height of 0 mm is not above the tissue"
    ):
        sheet.analysis.electrogram(1.0, 1.0, height=0.0)
    with pytest.raises(ResultError, match=r"sheet.h5: conduction_velocity_median is no map"):
        sheet.analysis.difference(sheet, of="conduction_velocity_median")
    for ask in (sheet.analysis.wave, sheet.analysis.phase):
        for time in (-2.0, 370.0):
            with pytest.raises(
                ResultError, match=rf"sheet.h5: frames are from 0 to 360 ms, none at {time:g} ms"
            ):
                ask(time)
    with pytest.raises(ResultError, match='no "apd95"'):
        sheet.analysis.difference(sheet, of="apd95")
