"""A run end to end: what is in the file is what was simulated."""

import numpy as np
import pytest

import cardiac as cc
from cardiac.config import ConfigError
from cardiac.runner.loop import Safely
from cardiac.simulation import NotFinite

CABLE = """
title: A cable
tissue: {size: [20 mm], spacing: 0.2 mm, diffusivity: 0.1 mm^2/ms}
regions:
  middle:
    shape: {strip: {center: 12 mm, width: 2 mm}}
    mechanisms: [{potassium_conductance: {g: 0.1 mS/uF, reversal: -95 mV, when: {from: 20 ms, to: 40 ms}}}]
stimuli:
  - {at: {left: 1 mm}, start: 5 ms, duration: 2 ms, strength: 2 x threshold}
run: {duration: 60 ms}
record:
  frames: {of: [V, h], every: 2 ms, from: 10 ms, to: 50 ms}
  probes: {middle: [12 mm]}
measure: [activation, apd50, apd90, upstroke, potentials, conduction_velocity, {block: middle}]
"""


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return cc.run(cc.loads(CABLE), tmp_path_factory.mktemp("run") / "cable.h5")


def test_frames_come_at_the_times_asked_for(result):
    assert result.time == pytest.approx(np.arange(10.0, 51.0, 2.0))
    assert len(result.frames("h")) == len(result.time)


def test_frames_and_probes_agree(result):
    probe = result.probes["middle"]
    column = int(np.argmin(np.abs(result.x - probe.position[0])))
    sampled = np.interp(result.time, probe.time, probe.V)
    assert result.frames("V")[:, 0, column] == pytest.approx(sampled, abs=0.01)


def test_the_currents_of_a_cell_make_up_the_rate_of_its_v(tmp_path):
    cell = cc.loads("""
        title: A cell
        model: luo_rudy_1991
        tissue: cell
        mechanisms: [{potassium_conductance: {g: 0.01 mS/uF}}, {bias_current: {strength: -0.1 A/F}}]
        stimuli: [{start: 1 ms, duration: 1 ms, strength: 2 x threshold}]
        run: {duration: 100 ms}
    """)
    probe = cc.run(cell, tmp_path / "cell.h5").probes["cell"]
    membrane = sum(probe[name] for name in probe.names() if name.startswith("I_"))
    slope = np.gradient(probe.V, probe.time)
    after = probe.time > 10.0
    assert {"I_Na", "I_K1", "I_potassium_conductance", "I_bias_current"} <= set(probe.names())
    assert slope[after] == pytest.approx(-membrane[after], abs=1e-3)


def test_a_mechanism_acts_when_it_is_told_to(result):
    probe = result.probes["middle"]
    current = probe["I_potassium_conductance"]
    on = (probe.time > 20.1) & (probe.time < 39.9)
    off = (probe.time < 19.9) | (probe.time > 40.1)
    assert np.all(current[off] == 0.0)
    assert current[on] == pytest.approx(0.1 * (probe.V[on] + 95.0))


def test_what_was_not_recorded_is_answered_with_the_nearest(result):
    with pytest.raises(cc.ResultError, match=r'no verdict "midle" - did you mean "middle"\?'):
        _ = result.block["midle"]
    with pytest.raises(cc.ResultError, match=r'no probe "midle" - did you mean "middle"\?'):
        _ = result.probes["midle"]
    with pytest.raises(cc.ResultError, match=r'no table "threshold" \(there are none\)'):
        result.table("threshold")
    with pytest.raises(cc.ResultError, match=r'no region "midle" - did you mean "middle"\?'):
        _ = result.regions["midle"]
    assert "midle" not in result.block


def test_the_activation_of_a_probe_is_where_v_crosses(result):
    probe = result.probes["middle"]
    first = int(np.argmax(probe.V >= -40.0))
    crossing = np.interp(-40.0, probe.V[first - 1 : first + 1], probe.time[first - 1 : first + 1])
    column = int(np.argmin(np.abs(result.x - probe.position[0])))
    assert result.activation_time[0, column] == pytest.approx(crossing, abs=0.02)


def test_the_file_opens_in_xarray_with_coordinates_and_units(result):
    xarray = pytest.importorskip("xarray")
    with xarray.open_dataset(result.path) as data:
        assert data.V.dims == ("time", "y", "x")
        assert data.V.attrs["units"] == "mV"
        assert data.activation_time.sel(beat=1, x=5.1, y=0.1, method="nearest") > 5.0


def test_what_was_found_is_kept(result):
    assert result.provenance["dt"] > 0
    assert result.config["run"]["duration"] == "60 ms"
    assert "title: A cable" in result.config_text
    assert [event.kind for event in result.events].count("stimulus") == 1


def test_the_same_config_gives_the_same_bits_with_any_number_of_threads(tmp_path):
    config = cc.loads(CABLE)
    one = cc.run(config, tmp_path / "one.h5", threads=1)
    two = cc.run(config, tmp_path / "two.h5", threads=2)
    for name, values in one.state.columns.items():
        assert np.array_equal(values, two.state.columns[name])
    assert np.array_equal(one["activation_time"], two["activation_time"], equal_nan=True)


SHEET = """
title: A sheet
tissue:
  size: [6 mm, 3 mm]
  spacing: 0.2 mm
  diffusivity: {along: 0.1 mm^2/ms, across: 0.03 mm^2/ms, fibre_angle: 30 deg}
regions:
  cold:
    shape: {disk: {center: [2.4 mm, 1 mm], radius: 0.8 mm}}
    mechanisms: [{potassium_conductance: {g: 0.1 mS/uF, reversal: -95 mV}}]
  scar: {shape: {rectangle: {corner: [3.8 mm, 2 mm], opposite: [4.4 mm, 3 mm]}}, conducts: false}
stimuli: [{at: {left: 1 mm}, start: 1 ms, duration: 2 ms, strength: 2 x threshold}]
run: {duration: 30 ms}
measure: [activation, potentials, upstroke]
"""
MIRRORED = {
    "tissue.diffusivity.fibre_angle": "-30 deg",
    "regions.cold.shape.disk.center": ["3.6 mm", "1 mm"],
    "regions.scar.shape.rectangle.corner": ["1.6 mm", "2 mm"],
    "regions.scar.shape.rectangle.opposite": ["2.2 mm", "3 mm"],
    "stimuli[0].at": {"right": "1 mm"},
}


def test_a_mirrored_config_gives_the_mirrored_maps(tmp_path):
    fixed = {"run.dt": "0.02 ms"}  # which cells share a tile, and step as finely, is not the mirror image
    plain = cc.run(cc.loads(SHEET, set=fixed), tmp_path / "plain.h5")
    mirrored = cc.run(cc.loads(SHEET, set=MIRRORED | fixed), tmp_path / "mirrored.h5")
    assert np.isfinite(plain.activation_time).mean() > 0.5
    assert not np.allclose(plain.V_min, plain.V_min[::-1], equal_nan=True)
    for name in ("activation_time", "V_min", "V_max", "upstroke_max"):
        # Round-off only: east and west enter each sum in another order.
        np.testing.assert_allclose(mirrored[name][..., ::-1], plain[name], rtol=1e-8, err_msg=name)


@pytest.mark.parametrize("dt", [{}, {"run.dt": "0.05 ms"}])
def test_what_is_recorded_does_not_change_what_is_computed(tmp_path, dt):
    """Probes, frames and the chunks between them are only looks at the simulation."""
    plain = cc.run(cc.loads(CABLE, set=dt), tmp_path / "plain.h5")
    looks = {"record.frames.every": "7 ms", "record.probe_interval": f"{plain.provenance['dt']} ms"}
    other = cc.run(cc.loads(CABLE, set=dt | looks), tmp_path / "other.h5")
    assert other.provenance["dt"] == plain.provenance["dt"]
    assert np.array_equal(other.state.columns["V"], plain.state.columns["V"])


def test_an_existing_file_is_not_overwritten_unless_asked(result):
    with pytest.raises(FileExistsError):
        cc.run(cc.loads(CABLE), result.path)


def test_a_potential_that_is_not_finite_stops_the_run(tmp_path):
    text = CABLE.replace("2 x threshold", "1e300 A/F")
    with pytest.raises(cc.RunError, match=r"NaN at t = 5\.\d+ ms, cell \(0, 0\).*outside all regions"):
        cc.run(cc.loads(text), tmp_path / "lost.h5")
    assert not (tmp_path / "lost.h5").exists()
    with np.load(tmp_path / "lost.failed.npz") as kept:
        assert np.isfinite(kept["V"]).all()


def test_a_run_can_settle_before_it_starts(tmp_path):
    """After 50 ms the border of a depolarized strip no longer moves."""
    text = CABLE.replace(", when: {from: 20 ms, to: 40 ms}", "") + "start: {settle: 50 ms}\n"
    settled = cc.run(cc.loads(text), tmp_path / "settled.h5")
    probe = settled.probes["middle"]
    assert abs(probe.V[0] - probe.V[30]) < 0.01
    assert probe.time[0] == 0.0


def test_a_region_outside_the_tissue_is_named_with_its_place():
    text = CABLE.replace("center: 12 mm", "center: 48 mm")
    with pytest.raises(ConfigError, match=r"regions\.middle.*lies outside the tissue \(x 47\.\.49 mm"):
        cc.run(cc.loads(text))


def test_a_passing_hyperpolarization_does_not_hide_the_beats_after_it(tmp_path):
    cell = cc.loads("""
        title: Anodal pulse, then two beats
        tissue: cell
        stimuli:
          - {start: 5 ms, duration: 20 ms, strength: -10 A/F}
          - {start: 100 ms, duration: 2 ms, strength: 2 x threshold, count: 2, interval: 600 ms}
        run: {duration: 1300 ms}
        measure: [activation, apd90]
    """)
    found = cc.run(cell, tmp_path / "cell.h5")
    assert found["activation_time"].ravel() == pytest.approx([101.5, 701.5], abs=1.5)
    assert found["apd90"].ravel() == pytest.approx([276.0, 268.0], abs=3.0)  # restitution


def test_a_later_beat_is_measured_beside_the_first(tmp_path):
    """A second wave in tissue that still recovers is slower; it finds the middle closed."""
    train = "strength: 2 x threshold, count: 2, interval: 400 ms}"
    text = CABLE.replace("strength: 2 x threshold}", train).replace("60 ms}", "550 ms}")
    measured = (
        "measure: [{block: middle}, {block: {region: middle, beat: 2}}, {block: {region: middle, beat: 3}}"
    )
    measured += ", conduction_velocity, {conduction_velocity: {beat: 2}}]\n"
    text = text[: text.index("measure:")].replace("from: 20 ms, to: 40 ms", "from: 200 ms, to: 550 ms")
    text = text.replace("g: 0.1 mS/uF", "g: 2 mS/uF")
    found = cc.run(cc.loads(text + measured), tmp_path / "beats.h5")
    outcomes = {name: verdict.outcome for name, verdict in found.block.items()}
    assert outcomes == {"middle": "conducted", "middle_beat_2": "blocked", "middle_beat_3": "not reached"}
    assert 400 < found.block["middle_beat_2"].arrival - found.block["middle"].arrival < 420
    assert 0.2 < found.conduction_velocity_median_beat_2 < found.conduction_velocity_median
    assert found.long_name("conduction_velocity_beat_2") == "conduction velocity of beat 2"
    assert np.isnan(found.conduction_velocity_beat_2[found.x[None] > 13.0]).all()


def test_a_stimulus_at_the_border_makes_no_beats_where_there_are_no_cells(tmp_path):
    text = CABLE.replace(
        "{left: 1 mm}, start: 5 ms, duration: 2 ms, strength: 2 x",
        "{right: 0.2 mm}, duration: 2 ms, strength: 1.5 x",
    )
    found = cc.run(cc.loads(text.replace("title: A cable", "title: A cable")), tmp_path / "weak.h5")
    assert found["activation_time"].shape[0] == 1
    assert np.isnan(found["activation_time"]).all()


def test_scars_are_undefined_in_frames(tmp_path):
    text = CABLE.replace(
        "mechanisms: [{potassium_conductance: {g: 0.1 mS/uF, reversal: -95 mV, when: {from: 20 ms, to: 40 ms}}}]",
        "conducts: false",
    ).replace(", {block: middle}", "")
    found = cc.run(cc.loads(text), tmp_path / "scar.h5")
    assert np.array_equal(np.isnan(found.frames("V")[0]), ~found.conducting)


def test_a_diffusivity_that_varies_is_in_the_file(tmp_path):
    found = cc.run(cc.loads(CABLE, set={"regions.middle.diffusivity": "0.5 x"}), tmp_path / "slow.h5")
    assert found["diffusivity_xx"][found.regions["middle"]] == pytest.approx(0.05)
    assert found["diffusivity_xx"][~found.regions["middle"]] == pytest.approx(0.1)


class Failing:
    """A simulation that loses V in step `lost`, and looks for it every 2000 steps only."""

    def __init__(self, lost: int) -> None:
        self.lost, self.step, self.V, self.state = lost, 0, np.zeros(1), {}

    @property
    def t(self) -> float:
        return float(self.step)

    def advance(self, n: int) -> None:
        for done in range(0, n, 2000):
            self.step += min(2000, n - done)
            if self.step >= self.lost:
                raise NotFinite(self.t, (0, 0))

    def snapshot(self) -> dict[str, int]:
        return {"step": self.step}

    def restore(self, snapshot: dict[str, int]) -> None:
        self.step = snapshot["step"]


@pytest.mark.parametrize("lost", [1, 2, 3, 999, 2000, 2001, 7777])
@pytest.mark.parametrize("n", [1, 7, 5000])
def test_the_step_in_which_a_run_fails_is_found(lost: int, n: int) -> None:
    safely = Safely(Failing(lost))
    for _ in range((lost - 1) // n):
        safely.advance(n)
    with pytest.raises(NotFinite) as failure:
        safely.advance(n)
    assert failure.value.t == lost
    assert failure.value.last_good["time"] == lost - 1
