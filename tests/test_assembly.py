"""From a config to a simulation: what is looked up, laid out and found."""

import dataclasses

import numpy as np
import pytest

from cardiac import models
from cardiac.assembly import assemble, prepare
from cardiac.assembly.faults import Faults
from cardiac.assembly.layout import _mechanisms
from cardiac.cell import rest
from cardiac.config import ConfigError, loads
from cardiac.tissue import Grid

SHEET = """
title: A sheet
model: {model}
tissue: {{size: [4 mm, 1 mm], spacing: 0.2 mm, diffusivity: 0.1 mm^2/ms}}
regions:
  strip: {{shape: {{strip: {{center: 2 mm, width: 1 mm}}}}{region}}}
stimuli:
  - {{at: {{left: 1 mm}}, duration: 2 ms, strength: 2 x threshold}}
run: {{duration: 10 ms{run}}}
"""


def sheet(model="mitchell_schaeffer_modified", region="", run=""):
    return loads(SHEET.format(model=model, region=region, run=run))


def inside(assembly):
    return assembly.regions["strip"] >= 0.5


@pytest.mark.parametrize("by", ["bias_current", "{potassium_conductance: {reversal: -100 mV}}"])
def test_a_wanted_hyperpolarization_is_reached(by):
    assembly = assemble(sheet(region=f", hyperpolarize: {{to: -90 mV, by: {by}}}"))
    V = np.broadcast_to(assembly.V, assembly.grid.shape)
    assert V[inside(assembly)] == pytest.approx(-90.0, abs=0.02)
    assert V[~inside(assembly)] == pytest.approx(-80.0, abs=0.02)
    assert abs(assembly.doses["strip"].value) > 0.0


def test_a_bias_that_hyperpolarizes_is_negative():
    """As an electrode's current: positive depolarizes."""
    assert (
        assemble(sheet(region=", hyperpolarize: {to: -90 mV, by: bias_current}")).doses["strip"].value < 0.0
    )


def test_the_potassium_that_brings_a_cell_to_a_potential_is_found():
    """Published: 4 mM for -90.8 mV."""
    assembly = assemble(
        sheet("luo_rudy_1991", ", hyperpolarize: {to: -90.8 mV, by: extracellular_potassium}")
    )
    assert assembly.doses["strip"].value == pytest.approx(4.0, abs=0.02)
    assert np.asarray(assembly.V)[inside(assembly)] == pytest.approx(-90.8, abs=0.02)


def test_a_pitfall_of_the_model_is_warned_about_once_where_it_is_met(monkeypatch):
    model = dataclasses.replace(models.load("mitchell_schaeffer_modified"), pitfall="is odd - do this")
    monkeypatch.setattr(models, "load", lambda _: model)
    bias = ", mechanisms: [{bias_current: {strength: -1 A/F}}, {potassium_conductance: {g: 0.1 mS/uF}}]"
    to = ", hyperpolarize: {to: -90 mV, by: bias_current}"
    for region, where in (
        (bias + to, ["regions.strip.mechanisms[0].bias_current"]),
        (to, ["regions.strip.hyperpolarize"]),
        ("", []),
    ):
        warned = [w for w in assemble(sheet(region=region)).warnings if "is odd - do this" in w.text]
        assert [w.path for w in warned] == where
    everywhere = loads(sheet().text + "hyperpolarize: {to: -90 mV, by: bias_current}\n")
    assert [w.path for w in assemble(everywhere).warnings if "is odd" in w.text] == ["hyperpolarize"]


def test_a_region_of_any_name_and_all_cells_may_both_be_hyperpolarized():
    region = ", hyperpolarize: {to: -95 mV, by: bias_current}"
    text = sheet(region=region).text.replace("strip: {shape", "everywhere: {shape")
    assembly = assemble(loads(text + "hyperpolarize: {to: -90 mV, by: bias_current}\n"))
    assert set(assembly.doses) == {None, "everywhere"}


def test_a_virtual_anode_has_its_place():
    anode = ", mechanisms: [{virtual_anode: {strength: 5 A/F, center: [2 mm, %s mm], radius: 0.5 mm}}]"
    assembly = assemble(sheet(region=anode % "0.5"))
    weight = assembly.mechanisms[0].weight
    assert weight[:, np.abs(assembly.grid.x - 2.0) < 0.3].max() == 1.0
    assert weight.min() == 0.0  # both lobes lie beside the strip
    with pytest.raises(ConfigError, match=r"mechanisms\[0\]\.virtual_anode: lies outside the tissue"):
        assemble(sheet(region=anode % "8"))


def test_potassium_is_counted_if_asked_for():
    counted = ", mechanisms: [{potassium_conductance: {g: 0.1 mS/uF, counts_in_K_i: true}}]"
    config = sheet("ten_tusscher_panfilov_2006", counted)
    grid = Grid.from_size(config.tissue.size, config.tissue.spacing)
    (added,) = _mechanisms(
        config, models.load(config.model.name), grid, {"strip": np.ones(grid.shape)}, Faults(config)
    )
    assert added.part(models.load(config.model.name)).counted


def test_a_potential_beyond_the_reversal_cannot_be_reached():
    config = sheet(region=", hyperpolarize: {to: -110 mV, by: {potassium_conductance: {reversal: -95 mV}}}")
    with pytest.raises(ConfigError, match=r"regions\.strip\.hyperpolarize\.to.*-110 mV cannot be reached"):
        assemble(config)


def test_parameters_of_regions_are_values_or_factors():
    assembly = assemble(sheet(region=", parameters: {tau_in: 2 x, tau_close: 200 ms}"))
    strip = inside(assembly)
    base = assembly.model.Parameters()
    assert assembly.parameters["tau_in"][strip] == pytest.approx(2 * base.tau_in)
    assert assembly.parameters["tau_close"][strip] == pytest.approx(200.0)
    assert assembly.parameters["tau_close"][~strip] == pytest.approx(base.tau_close)
    assert assembly.parameters["tau_open"] == base.tau_open


def test_a_region_may_be_of_another_variant():
    model = "{name: bueno_orovio_2008, variant: endo}"
    assembly = assemble(sheet(model, ", variant: epi", ", dt: 0.02 ms"))
    epi, endo = (assembly.model.parameters(v) for v in ("epi", "endo"))
    assert epi.tau_fi != endo.tau_fi
    assert assembly.parameters["tau_fi"][inside(assembly)] == pytest.approx(epi.tau_fi)
    assert assembly.parameters["tau_fi"][~inside(assembly)] == pytest.approx(endo.tau_fi)


def test_a_region_may_behave_differently():
    model = (
        "{name: mitchell_schaeffer_modified, action_potential_duration: 250 ms, refractory_period: 290 ms}"
    )
    assembly = assemble(sheet(model, ", behaviour: {refractory_period: 320 ms}"))
    strip = inside(assembly)
    there = {k: np.broadcast_to(v, strip.shape)[strip][0] for k, v in assembly.parameters.items()}
    here = {k: np.broadcast_to(v, strip.shape)[~strip][0] for k, v in assembly.parameters.items()}
    measured = assembly.model.behaviour_of
    Parameters = assembly.model.Parameters
    assert measured(Parameters(**map_floats(there))).refractory_period == pytest.approx(320.0, abs=2.0)
    assert measured(Parameters(**map_floats(there))).action_potential_duration == pytest.approx(
        250.0, abs=2.0
    )
    assert measured(Parameters(**map_floats(here))).refractory_period == pytest.approx(290.0, abs=2.0)


def map_floats(values):
    return {key: float(value) for key, value in values.items()}


def test_an_impossible_behaviour_names_the_reachable_range():
    config = sheet("{name: mitchell_schaeffer_modified, refractory_period: 5 ms}")
    with pytest.raises(ConfigError, match=r"model\.refractory_period: .*5 ms is out of reach"):
        assemble(config)


def test_every_kind_of_cell_starts_at_its_own_rest():
    assembly = assemble(sheet("luo_rudy_1991", ", mechanisms: [{potassium_conductance: {g: 0.3 mS/uF}}]"))
    simulation = assembly.simulation()
    before = simulation.V
    far = assembly.grid.x > 3.8  # from the strip and the electrode
    simulation.advance(10)
    assert np.abs(simulation.V - before)[:, far].max() < 0.01
    assert before[0, 0] == pytest.approx(-84.5478, abs=1e-3)


def test_a_stimulus_is_a_multiple_of_the_threshold_where_it_is():
    easy = assemble(sheet())
    hard = assemble(loads(SHEET.format(model="mitchell_schaeffer_modified", region="", run="").replace(
        "run:", "mechanisms: [{potassium_conductance: {g: 0.1 mS/uF, reversal: -95 mV}}]\nrun:")))  # fmt: skip
    assert easy.thresholds["stimulus 1"] == pytest.approx(
        7.46, rel=0.03
    )  # published tables of the full model
    assert hard.thresholds["stimulus 1"] == pytest.approx(13.53, rel=0.03)
    assert hard.stimuli[0].current == pytest.approx(2.0 * hard.thresholds["stimulus 1"])


def test_a_coarse_grid_and_a_long_step_are_warned_about():
    config = loads(
        SHEET.format(model="luo_rudy_1991", region="", run=", dt: 0.2 ms").replace("0.2 mm", "0.5 mm")
    )
    texts = [str(warning) for warning in assemble(config).warnings]
    assert any("tissue.spacing: warning" in text and "false block" in text for text in texts)
    assert any("run.dt: warning" in text and "dt: auto" in text for text in texts)


def test_a_scar_does_not_conduct():
    assembly = assemble(sheet(region=", conducts: false"))
    scar = inside(assembly)
    assert not assembly.conducting[scar].any()
    assert np.all(assembly.faces.east[scar] == 0.0)


def test_the_published_state_can_be_asked_for():
    config = loads(SHEET.format(model="luo_rudy_1991", region="", run="") + "start: published\n")
    assert pytest.approx(-84.3801107371) == assemble(config).V


def test_what_is_found_for_a_cell_is_remembered(tmp_path, monkeypatch):
    from cardiac import cell as cells

    monkeypatch.setenv("CARDIAC_CACHE", str(tmp_path))
    kind = cells.Cell(assemble(sheet()).model, {}, [])
    first = rest(kind)
    monkeypatch.setattr(cells.Cell, "simulation", lambda *a, **k: pytest.fail("was simulated again"))
    assert np.array_equal(rest(kind).V, first.V)


def test_what_many_configs_ask_of_cells_is_found_side_by_side(tmp_path, monkeypatch):
    from cardiac.cell import cells

    region = ", mechanisms: [{{potassium_conductance: {{g: {} mS/uF, reversal: -95 mV}}}}]"
    configs = [sheet(region=region.format(g)) for g in (0.05, 0.1, 0.2)]
    lost = sheet(region=", parameters: {tau_in: 1e-9 x}")
    refused = sheet(region=", hyperpolarize: {to: -150 mV, by: potassium_conductance}")
    monkeypatch.setenv("CARDIAC_CACHE", str(tmp_path / "one by one"))
    alone = [assemble(config) for config in configs]
    monkeypatch.setenv("CARDIAC_CACHE", str(tmp_path / "side by side"))
    prepare([configs[0], refused, lost, *configs[1:]])
    monkeypatch.setattr(cells, "_settled", lambda *_: pytest.fail("rests again"))
    together = [assemble(config) for config in configs]
    for one, other in zip(alone, together, strict=True):
        assert one.responses == other.responses
        assert np.array_equal(one.V, other.V)


def test_a_later_region_may_set_a_parameter_back():
    text = SHEET.format(
        model="mitchell_schaeffer_modified", region=", parameters: {tau_close: 200 ms}", run=""
    )
    text = text.replace(
        "stimuli:",
        "  core: {shape: {strip: {center: 2 mm, width: 0.4 mm}}, parameters: {tau_close: 150 ms}}\nstimuli:",
    )
    assembly = assemble(loads(text))
    core = assembly.regions["core"] >= 0.5
    assert assembly.parameters["tau_close"][core] == pytest.approx(150.0)
    assert assembly.parameters["tau_close"][inside(assembly) & ~core] == pytest.approx(200.0)


def test_factors_of_overlapping_regions_multiply():
    text = SHEET.format(model="mitchell_schaeffer_modified", region=", parameters: {tau_in: 2 x}", run="")
    text = text.replace("stimuli:", "  all: {shape: everywhere, parameters: {tau_in: 3 x}}\nstimuli:")
    assembly = assemble(loads(text))
    assert assembly.parameters["tau_in"][inside(assembly)] == pytest.approx(
        6 * assembly.model.Parameters().tau_in
    )


def test_a_dose_is_found_for_a_mechanism_that_acts_later():
    region = ", hyperpolarize: {to: -90 mV, by: {bias_current: {when: {from: 5 ms}}}}"
    now = assemble(sheet(region=", hyperpolarize: {to: -90 mV, by: bias_current}"))
    assembly = assemble(sheet(region=region))
    assert assembly.doses["strip"].value == pytest.approx(now.doses["strip"].value)
    assert pytest.approx(-80.0) == assembly.V  # not yet hyperpolarized at the start


def test_forward_euler_is_refused_where_it_is_unstable():
    config = sheet("luo_rudy_1991", run=", dt: 0.02 ms, scheme: forward_euler")
    with pytest.raises(ConfigError, match=r"run\.dt: 0\.02 ms is unstable here.*needs dt <= .*dt: auto"):
        assemble(config)


def test_the_automatic_step_divides_every_interval():
    record = "\nrecord: {frames: {every: 0.25 ms}, probes: {a: [1 mm, 0.5 mm]}, probe_interval: 0.1 ms}"
    dt = assemble(loads(SHEET.format(model="mitchell_schaeffer_modified", region="", run="") + record)).dt
    assert all(abs(t / dt - round(t / dt)) < 1e-9 for t in (0.25, 0.1, 10.0))


def test_wishes_hold_each_in_its_region_and_the_later_ones_where_they_overlap():
    wish = "hyperpolarize: {to: -%s mV, by: bias_current}"
    region = ", " + wish % "90" + "}\n  inner: {shape: {strip: {center: 2 mm, width: 0.4 mm}}, " + wish % "95"
    assembly = assemble(loads(sheet(region=region).text + wish % "85" + "\n"))
    inner, V = assembly.regions["inner"] >= 0.5, np.broadcast_to(assembly.V, assembly.grid.shape)
    assert V[inner] == pytest.approx(-95.0, abs=0.02)
    assert V[inside(assembly) & ~inner] == pytest.approx(-90.0, abs=0.02)
    assert V[~inside(assembly)] == pytest.approx(-85.0, abs=0.02)
    assert not any("most cells here rest" in w.text for w in assembly.warnings)


def test_a_wish_that_a_later_region_takes_the_place_of_is_warned_about():
    wish = "hyperpolarize: {to: -%s mV, by: bias_current}"
    region = ", " + wish % "90" + "}\n  all: {shape: everywhere, " + wish % "95"
    (warned,) = (w for w in assemble(sheet(region=region)).warnings if "most cells here rest" in w.text)
    assert warned.path == "regions.strip.hyperpolarize.to"
    assert "-95.00 mV" in warned.text


def test_a_region_may_have_a_resting_potential_of_its_own():
    """Asked for by behaviour; the uncoupled cells rest exactly there."""
    model = "{name: mitchell_schaeffer_modified, resting_potential: -80 mV}"
    assembly = assemble(sheet(model, ", behaviour: {resting_potential: -92 mV}"))
    V = np.broadcast_to(assembly.V, assembly.grid.shape)
    assert V[inside(assembly)] == pytest.approx(-92.0, abs=0.01)
    assert V[~inside(assembly)] == pytest.approx(-80.0, abs=0.01)


def test_the_step_resolves_the_excitable_part_of_a_tissue_that_mostly_is_not():
    shunt = ", mechanisms: [{potassium_conductance: {g: 20 mS/uF, reversal: -95 mV}}]"
    mostly = assemble(loads(sheet(region=shunt).text.replace("width: 1 mm", "width: 2.6 mm")))
    assert not np.isfinite(mostly.responses["strip"].threshold)
    assert mostly.dt == assemble(sheet()).dt
    assert mostly.responses[None].rise_time == pytest.approx(assemble(sheet()).responses[None].rise_time)


def test_all_faults_are_told_at_once():
    region = ", hyperpolarize: {to: -900 mV, by: {potassium_conductance: {reversal: -100 mV}}}"
    text = sheet(region=region, run=", dt: 30 ms").text
    text = text.replace(
        "stimuli:",
        "  far: {shape: {disk: {center: [50 mm, 0.5 mm], radius: 1 mm}}}\n"
        "  level: {shape: everywhere, graded: {from: [1 mm], to: [1 mm]}}\nstimuli:",
    )
    with pytest.raises(ConfigError) as caught:
        assemble(loads(text))
    paths = [problem.path for problem in caught.value.problems]
    assert paths == [
        "regions.strip.hyperpolarize.to",
        "regions.far.shape",
        "regions.level.graded",
        "run.dt",
    ]


@pytest.mark.parametrize(("dt", "instead"), [("30", "10 ms"), ("0.017", "0.01700680 ms")])
def test_a_step_that_does_not_divide_the_run_is_refused(dt, instead):
    with pytest.raises(ConfigError, match=r"run\.dt: .*does not divide the run of 10 ms - write") as caught:
        assemble(sheet(run=f", dt: {dt} ms"))
    (problem,) = caught.value.problems
    assert float(problem.text.split('"')[1].split()[0]) == pytest.approx(float(instead.split()[0]), rel=1e-6)


def test_an_interval_shorter_than_the_step_is_warned_about():
    config = loads(sheet(run=", dt: 0.1 ms").text + "record: {frames: {every: 0.01 ms}}\n")
    assert any("shorter than the step of 0.1 ms" in w.text for w in assemble(config).warnings)


def test_cells_that_do_not_stay_finite_alone_are_named():
    with pytest.raises(ConfigError, match=r"regions\.strip: V becomes NaN within .* in a cell left alone"):
        assemble(sheet("luo_rudy_1991", ", parameters: {g_Na: 1e9 x}"))


def test_cells_that_do_not_stay_finite_do_not_hide_other_faults():
    text = sheet("luo_rudy_1991", ", parameters: {g_Na: 1e9 x}").text
    text = text.replace(
        "stimuli:", "  far: {shape: {disk: {center: [50 mm, 0.5 mm], radius: 1 mm}}}\nstimuli:"
    )
    with pytest.raises(ConfigError) as caught:
        assemble(loads(text))
    assert [problem.path for problem in caught.value.problems] == ["regions.strip", "regions.far.shape"]


def test_an_electrode_in_a_scar_is_refused():
    config = sheet(region=", conducts: false").text.replace(
        "{left: 1 mm}", "{strip: {center: 2 mm, width: 0.4 mm}}"
    )
    with pytest.raises(ConfigError, match=r"stimuli\[0\]\.at: .*does not conduct"):
        assemble(loads(config))


def test_single_precision_tells_what_it_loses():
    """K_i of 145 mM has steps of 1.5e-5 mM, of which half is rounded away."""
    run = ", dt: 0.02 ms, precision: single"
    (warned,) = (
        w for w in assemble(sheet("ten_tusscher_panfilov_2006", run=run)).warnings if "single" in w.text
    )
    assert warned.path == "run.precision"
    assert "changes of K_i below 0.38 mM/s" in warned.text
    assert not any("single" in w.text for w in assemble(sheet(run=run)).warnings)
