"""What a config means: values in internal units, defaults, overrides, the digest, the JSON Schema."""

import copy
import json
import pickle
import re
import subprocess
import sys

import pytest
from config_examples import CELL, SMALL, TISSUE, touch_files

from cardiac import config, figures, mechanisms, models
from cardiac.config import Change, ConfigError, Strength, dumps, json_schema, load, loads
from cardiac.protocol import Always, Pulses, Ramp, Window
from cardiac.tissue.shapes import AllOf, AnyOf, Disk, Everywhere, HalfPlane, Left, Named, Not, Strip


@pytest.fixture(scope="module")
def full(folder):
    return loads(TISSUE, folder=folder)


@pytest.fixture(scope="module")
def cell():
    return loads(CELL)


def test_quantities_become_numbers_in_internal_units(full):
    assert full.tissue.size == (40.0, 10.0)
    assert full.tissue.spacing == 0.1
    assert (full.tissue.diffusivity.along, full.tissue.diffusivity.across) == (0.1, 0.02)
    assert full.stimuli[0].strength == Strength(2.0, of_threshold=True)
    assert full.stimuli[1].strength == Strength(-3.0, of_threshold=False)
    assert full.record.probes == {"before": (10.0, 5.0), "after": (30.0, 5.0)}
    assert full.record.frames.from_ == 5.0
    assert [(use.name, use.options) for use in full.measure[-3:]] == [
        ("block", ("strip", 1, 5.0)),
        ("conduction_velocity", (None, 2)),
        ("block", ("cold", 2, 5.0)),
    ]


def test_changes_are_values_or_factors(full):
    assert full.regions["strip"].parameters == {
        "tau_out": Change(5.0, False, "ms"),
        "tau_close": Change(0.5, True),
    }
    assert full.regions["strip"].diffusivity.along == Change(0.5, True)
    assert full.regions["cold"].diffusivity.along == Change(0.05, False, "mm^2/ms")


def test_shapes_become_records_and_trees_of_them(full):
    assert Strip(20.0, 4.0, "x", 10.0) == full.regions["strip"].shape
    assert full.regions["cold"].shape == AnyOf(
        (Disk((30.0, 5.0), 2.0), AllOf((HalfPlane((10.0, 5.0), 90.0), Not(Named("strip")))))
    )
    assert full.stimuli[0].at == Left(1.0)
    assert full.stimuli[1].at == Everywhere()


def test_mechanisms_keep_what_was_written_and_their_course(full):
    potassium, chloride = full.regions["strip"].mechanisms
    assert potassium.name == "potassium_conductance"
    assert potassium.inputs == mechanisms.load("potassium_conductance").Inputs(g=0.3, reversal=-95.0)
    assert potassium.when == Window(0.0, 200.0)
    assert chloride.inputs == mechanisms.load("chloride_conductance").Inputs(0.1, None, 5.0, 150.0)
    assert isinstance(chloride.when, Always)
    assert [use.when for use in full.mechanisms[:2]] == [Ramp(0.0, 100.0), Pulses(1.0, 2.0, 10.0, 3.0)]


def test_hyperpolarize_leaves_the_dose_open(full):
    by = full.regions["cold"].hyperpolarize.by
    assert by.inputs == mechanisms.load("potassium_conductance").Inputs(g=0.0, reversal=-100.0)
    assert full.regions["warm"].hyperpolarize.by.name == "bias_current"
    assert full.regions["warm"].hyperpolarize.to == -90.0


def test_what_the_cell_shall_do_stands_beside_its_name_or_under_behaviour(full):
    assert full.model.behaviour.resting_potential == -85.0
    under = TISSUE.replace("  resting_potential: -85 mV", "  behaviour: {resting_potential: -85 mV}")
    assert full == loads(under, folder=full._context.folder)


def test_s2_inherits_what_it_does_not_say():
    text = "stimuli: [{at: {left: 1 mm}, duration: 2 ms, strength: 5 A/F, s2: {after: 250 ms}}]\n"
    s2 = loads(SMALL + text).stimuli[0].s2
    assert (s2.at, s2.duration, s2.strength) == (Left(1.0), 2.0, Strength(5.0, False))


def test_the_defaults_are_those_of_the_language():
    small = loads(SMALL)
    assert small.model.name == "mitchell_schaeffer_modified"
    assert (small.start.state, small.start.settle) == ("rest", 0.0)
    assert (small.run.dt, small.run.scheme) == ("auto", "auto")
    assert (small.stimuli, small.measure, small.figures, dict(small.regions)) == ((), (), (), {})
    assert small.record.frames is None


def test_a_single_cell_is_no_tissue_and_its_own_probe(cell):
    assert cell.tissue is None
    assert cell.record.probes == {"cell": ()}


def test_one_length_is_a_cable():
    cable = loads(
        "title: Cable\ntissue: {size: 2 cm, spacing: 100 um, diffusivity: 1 cm^2/s}\n"
        "run: {duration: 1 s}\nrecord: {probes: {here: 5 mm, there: [15 mm]}}\n"
    )
    assert cable.tissue.size == (20.0,)
    assert cable.tissue.diffusivity.across == 0.1
    assert cable.run.duration == 1000.0
    assert cable.record.probes == {"here": (5.0,), "there": (15.0,)}


def test_a_model_may_be_a_file_beside_the_config(tmp_path):
    source = models.load("nagumo").file.read_text()
    (tmp_path / "my_model.py").write_text(source)
    (tmp_path / "mine.yaml").write_text(SMALL + "model: ./my_model.py\n")
    mine = load(tmp_path / "mine.yaml")
    assert mine.model.name == "./my_model.py"
    assert models.load(mine.model_source).State._fields == models.load("nagumo").State._fields
    (tmp_path / "my_model.py").write_text(source + "\n# edited\n")
    assert load(tmp_path / "mine.yaml").digest != mine.digest


def test_numbers_follow_yaml_1_2():
    text = SMALL.replace("title: Small", "title: on") + "measure: [activation]\nstart: {settle: 1e-3 ms}\n"
    read = loads(text, set={"regions": {"r": {"shape": {"random": {"fraction": 1e-3}}}}})
    assert read.title == "on"
    assert read.start.settle == 1e-3
    assert loads(text + "regions: {r: {shape: {random: {fraction: 1e-3}}}}").digest == read.digest


# Overrides


def test_overrides_replace_add_and_unfold():
    changed = {
        "tissue.spacing": "0.05 mm",
        "tissue.size": "[20 mm, 10 mm]",
        "model.parameters.tau_in": "2 x",
        "start.settle": "5 ms",
        "record.frames.precision": "full",
        "run.scheme": "rush_larsen",
    }
    text = SMALL + "model: mitchell_schaeffer_2003\nstart: published\n"
    read = loads(text, set=changed)
    assert read.tissue.spacing == 0.05
    assert read.tissue.size == (20.0, 10.0)
    assert read.model.name == "mitchell_schaeffer_2003"
    assert read.model.parameters == {"tau_in": Change(2.0, True)}
    assert (read.start.state, read.start.settle) == ("published", 5.0)
    assert (read.record.frames.precision, read.run.scheme) == ("full", "rush_larsen")
    assert read.text == text


def test_overrides_reach_into_lists(folder):
    key = "regions.strip.mechanisms[0].potassium_conductance.g"
    read = loads(TISSUE, set={key: "0.2 mS/uF"}, folder=folder)
    assert read.regions["strip"].mechanisms[0].inputs.g == 0.2


def test_overrides_leave_what_they_were_given_alone():
    given = {"regions": {"r": {"shape": "everywhere"}}, "regions.r.edge": "1 mm"}
    before = copy.deepcopy(given)
    loads(SMALL, set=given)
    assert given == before


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("tissue.spcing", "1 mm", '--set tissue.spcing: unknown key - did you mean "spacing"?'),
        ("tisue.spacing", "1 mm", '--set tisue.spacing: unknown key - did you mean "tissue"?'),
        ("tissue.spacing", "0.1", '--set tissue.spacing: needs a unit: write "0.1 mm"'),
        ("tissue.spacing", None, "--set tissue.spacing: nothing is not a length"),
        ("tissue.size[2]", "1 mm", "--set tissue.size[2]: tissue.size has 2 entries, counted from 0"),
        ("tissue[0]", "1 mm", "--set tissue[0]: tissue is a mapping, not a list"),
        ("title.x", "1 mm", '--set title.x: title is "Small", which has no keys'),
        (
            "regions.strpi.edge",
            "1 mm",
            '--set regions.strpi.edge: there is no region "strpi" - did you mean "strip"?',
        ),
        (
            "regions.strip.mechanisms[0].x",
            1,
            '--set regions.strip.mechanisms[0].x: there is no list "regions.strip',
        ),
        ("stimuli[0].at", "{left: 1 mm}", '--set stimuli[0].at: there is no list "stimuli"'),
        ("tissue..size", 1, "--set tissue..size: is not a key"),
        (
            "model",
            "luo_rudy_1990",
            '--set model: unknown model "luo_rudy_1990" - did you mean "luo_rudy_1991"?',
        ),
        ("regions.strip.shape", "{lft: 1 mm}", "regions.strip.shape.lft: unknown shape"),
    ],
)
def test_a_faulty_override_is_named_as_it_was_given(key, value, message):
    with pytest.raises(ConfigError) as error:
        loads(SMALL + "regions: {strip: {shape: everywhere}}\n", set={key: value})
    assert message in str(error.value)
    assert len(error.value.problems) == 1


# Digest and round trip


@pytest.mark.parametrize("text", [TISSUE, CELL, SMALL], ids=["tissue", "cell", "small"])
def test_what_is_resolved_is_the_same_experiment(text, folder):
    read = loads(text, folder=folder)
    again = loads(dumps(read.resolved()), folder=folder)
    assert again == read
    assert hash(again) == hash(read)
    assert again.digest == read.digest
    assert again.resolved() == read.resolved()
    assert json.loads(json.dumps(read.resolved())) == read.resolved()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("spacing: 0.1 mm", "spacing: 0.01 cm"),
        ("title: Small", "title: 'Something else'\nabout: it\nreference: none"),
        ("duration: 400 ms", "dt: auto, duration: 0.4 s, scheme: auto"),
        ("run: {duration: 400 ms}", "run:   # how long\n    duration:   400ms"),
        ("title: Small", "title: Small\nstart: rest\nmodel: mitchell_schaeffer_modified\nfigures: []"),
        ("diffusivity: 0.1 mm^2/ms", "diffusivity: {across: 1 cm^2/s, along: 0.1 mm^2/ms}"),
    ],
)
def test_the_digest_ignores_how_it_is_written(old, new):
    assert loads(SMALL).digest == loads(SMALL.replace(old, new)).digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("spacing: 0.1 mm", "spacing: 0.05 mm"),
        ("run: {", "model: luo_rudy_1991\nrun: {"),
        ("run: {", "run: {scheme: rush_larsen, "),
        ("run: {", "measure: [activation]\nrun: {"),
    ],
)
def test_the_digest_tells_experiments_apart(old, new):
    assert loads(SMALL).digest != loads(SMALL.replace(old, new)).digest


def test_the_order_of_regions_is_part_of_the_experiment():
    a, b = "a: {shape: everywhere, diffusivity: 0.5 x}", "b: {shape: {left: 5 mm}, diffusivity: 1 mm^2/ms}"
    one, other = (loads(f"{SMALL}regions: {{{first}, {then}}}") for first, then in [(a, b), (b, a)])
    assert one.digest != other.digest


def test_the_digest_follows_the_contents_of_files_not_their_place(tmp_path, folder):
    digest = loads(TISSUE, folder=folder).digest
    elsewhere = touch_files(tmp_path)
    assert loads(TISSUE, folder=elsewhere).digest == digest
    (elsewhere / "field.npy").write_bytes(b"other")
    assert loads(TISSUE, folder=elsewhere).digest != digest


def test_a_config_is_frozen_and_can_be_sent_to_another_process(full):
    with pytest.raises(ValueError, match="frozen"):
        full.title = "other"
    with pytest.raises(ValueError, match="frozen"):
        full.tissue.spacing = 0.2
    assert pickle.loads(pickle.dumps(full)) == full
    assert pickle.loads(pickle.dumps(full)).digest == full.digest


# Later layers


def test_later_layers_report_at_the_place_in_the_file(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    small = load(path)
    error = small.error(
        [("run.dt", "too long"), ("tissue.spacing", "too coarse"), (("tissue", "size", 0), "odd")]
    )
    assert [(p.path, p.line, p.column) for p in error.problems] == [
        ("tissue.size[0]", 2, 17),
        ("tissue.spacing", 2, 41),
        ("run.dt", 3, 1),
    ]
    assert str(small.warning("tissue.spacing", "coarse")) == (
        f"{path}:2:41: tissue.spacing: warning: coarse\n"
        "    tissue: {size: [40 mm, 10 mm], spacing: 0.1 mm, diffusivity: 0.1 mm^2/ms}\n"
        f"{' ' * 44}^"
    )


@pytest.mark.parametrize(
    ("stimulus", "key"),
    [
        ("start: 500 ms", "start"),
        ("count: 2, interval: 400 ms", "count"),
        ("s2: {after: 400 ms}", "s2.after"),
    ],
)
def test_a_stimulus_after_the_end_is_worth_a_warning(stimulus, key):
    text = f"stimuli: [{{at: everywhere, duration: 1 ms, strength: 5 A/F, {stimulus}}}]\n"
    (warning,) = loads(SMALL + text).warnings
    assert warning.path == f"stimuli[0].{key}"
    assert "the run ends at 400 ms" in str(warning)


def test_no_warning_without_reason(full):
    assert full.warnings == ()


# JSON Schema


def references(schema):
    if isinstance(schema, dict):
        yield from [schema["$ref"]] if "$ref" in schema else []
        for part in schema.values():
            yield from references(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from references(part)


def test_the_json_schema_knows_every_key_and_name():
    schema = json.loads(json.dumps(json_schema()))
    assert list(schema["properties"]) == list(config.Config.model_fields)
    assert all(ref.removeprefix("#/$defs/") in schema["$defs"] for ref in references(schema))
    assert all(field.keys() & {"description", "$ref"} for field in schema["properties"].values())
    text = json.dumps(schema)
    for name in [*models.names(), *mechanisms.names(), *figures.names(), "half_plane", "apd90", "tau_close"]:
        assert f'"{name}"' in text


def test_the_json_schema_accepts_quantities_by_pattern():
    pattern = json_schema()["$defs"]["Tissue"]["properties"]["spacing"]["pattern"]
    assert re.search(pattern, "0.1 mm")
    assert re.search(pattern, "1e-2cm")
    assert not re.search(pattern, "0.1")
    assert not re.search(pattern, "0.1 mV")


def test_importing_the_config_layer_is_light():
    code = (
        "import sys, cardiac.config; print([m for m in ('numba', 'matplotlib', 'h5py') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_every_scheme_can_be_asked_for():
    from cardiac.config.schema import SCHEMES
    from cardiac.kernels import schemes

    assert set(SCHEMES) == {"auto", *schemes.SCHEMES}
