"""The commands: what they say, what they leave behind, how they end."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from processes import heeding
from rich.progress import Progress as Bar
from typer.testing import CliRunner

import cardiac
from cardiac import Result, experiments, figures, load, loads, measures, mechanisms, models
from cardiac.assembly import memory
from cardiac.cli import doctor, output, start, terminal, watching
from cardiac.cli.app import SECTIONS, app
from cardiac.cli.templates import base, templates, title
from cardiac.runner import Progress, Trying
from cardiac.sweeps import plan

CABLE = """\
title: A wave along a cable
tissue: {size: 5 mm, spacing: 0.1 mm, diffusivity: 0.1 mm^2/ms}
regions:
  strip:
    shape: {strip: {center: 2.5 mm, width: 1 mm}}
    mechanisms: [{potassium_conductance: {g: 0.05 mS/uF, reversal: -95 mV}}]
stimuli: [{at: {left: 1 mm}, start: 1 ms, duration: 2 ms, strength: 2 x threshold}]
run: {duration: 25 ms}
record: {frames: {every: 1 ms}, probes: {before: [1.5 mm], after: [3.5 mm]}}
measure: [activation, conduction_velocity, {conduction_velocity: [before, after]}, {block: strip}]
figures: [space_time, traces]
"""


def invoked(*words, status=0):
    """What a command says, after it ended as expected."""
    done = CliRunner().invoke(app, [str(word) for word in words], prog_name="cardiac")
    assert done.exit_code == status, done.output
    return done


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with a config in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cable.yaml").write_text(CABLE)
    return tmp_path


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder in which a config has been run, and what the run said."""
    folder = tmp_path_factory.mktemp("finished")
    file = folder / "cable.yaml"
    file.write_text(CABLE)
    return folder, invoked("run", file, "-o", folder / "cable.h5")


def contents(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


# Help ---------------------------------------------------------------------------------------------------


def test_help_lists_every_verb():
    text = invoked("--help").stdout
    for section, verbs in SECTIONS.items():
        assert f"{section}:" in text
        assert all(f"  {verb.__name__} " in text for verb in verbs)


@pytest.mark.parametrize("verb", [verb.__name__ for verbs in SECTIONS.values() for verb in verbs])
def test_every_verb_explains_itself(verb):
    text = invoked(verb, "--help").stdout
    assert f"cardiac {verb}" in text
    assert "[[" not in text


def test_an_unknown_verb_is_bad_input():
    assert "rum" in invoked("rum", status=2).stderr


# run ----------------------------------------------------------------------------------------------------


def test_run_writes_the_result_and_its_figures(finished):
    folder, _ = finished
    figures = {"cable_figures", "cable_figures/space_time.png", "cable_figures/traces.png"}
    assert contents(folder) == {"cable.yaml", "cable.h5", *figures}


def test_run_tells_the_verdict_the_velocity_and_where_everything_is(finished):
    folder, said = finished
    result = Result.open(folder / "cable.h5")
    lines = said.stdout.splitlines()
    assert lines[0] == f"strip: {result.block['strip'].sentence}"
    assert f"median conduction velocity: {result.conduction_velocity_median:.4g} mm/ms" in lines
    assert [line.split()[0] for line in lines[-3:]] == ["result", "figure", "figure"]
    assert str(folder / "cable_figures" / "traces.png") in lines[-1]


def test_run_takes_overrides_from_the_command_line(folder):
    invoked("run", "cable.yaml", "--set", "run.duration=2 ms", "--set", "figures=[]", "-o", "short")
    assert Result.open("short.h5").config["run"]["duration"] == "2 ms"
    assert contents(folder) == {"cable.yaml", "short.h5"}


def test_run_into_a_folder_names_the_result_after_the_config(folder):
    (folder / "results").mkdir()
    invoked("run", "cable.yaml", "--set", "run.duration=2 ms", "--no-figures", "-o", "results")
    assert contents(folder) == {"cable.yaml", "results", "results/cable.h5"}


def test_a_result_of_the_same_experiment_is_not_replaced(finished):
    folder, _ = finished
    file, result = folder / "cable.yaml", folder / "cable.h5"
    before = result.read_bytes()
    message = invoked("run", file, "-o", result, "--set", "title=Other words", status=2).stderr
    assert "cable.h5 is there already, made by this very experiment" in message
    assert result.read_bytes() == before


def test_a_result_of_a_different_config_is_not_replaced_and_the_differences_are_named(finished):
    folder, _ = finished
    changes = "--set", "tissue.spacing=0.05 mm", "--set", "run.duration=20 ms"
    message = invoked("run", folder / "cable.yaml", "-o", folder / "cable.h5", *changes, status=2).stderr
    assert "cable.h5 was made by a different config (2 differences) - use -o" in message
    assert message.splitlines()[1:] == [
        "  tissue.spacing: 0.1 mm -> 0.05 mm",
        "  run.duration: 25 ms -> 20 ms",
    ]


def test_what_is_no_result_is_not_replaced(folder):
    (folder / "cable.h5").write_text("my notes")
    assert "not a cardiac result" in invoked("run", "cable.yaml", status=2).stderr
    assert (folder / "cable.h5").read_text() == "my notes"


def test_force_replaces_a_result(folder):
    short = "run", "cable.yaml", "--no-figures", "--set"
    invoked(*short, "run.duration=2 ms")
    invoked(*short, "run.duration=3 ms", "--force")
    assert Result.open("cable.h5").config["run"]["duration"] == "3 ms"


def test_a_run_that_fails_says_when_and_where_and_leaves_no_result(folder):
    message = invoked("run", "cable.yaml", "--set", "stimuli[0].strength=1e300 A/F", status=1).stderr
    assert "run cable: V became NaN at t = 1" in message
    assert contents(folder) == {"cable.yaml", "cable.failed.npz"}


def test_a_single_cell_tells_its_numbers(folder):
    cell = "title: A cell\ntissue: cell\nstimuli: [{start: 1 ms, duration: 2 ms, strength: 20 A/F}]\n"
    (folder / "cell.yaml").write_text(cell + "run: {duration: 20 ms}\nmeasure: [activation, potentials]\n")
    lines = invoked("run", "cell.yaml").stdout.splitlines()
    assert lines[0].startswith("activation time: ")
    assert lines[0].endswith(" ms")


# Bad input ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "cabel.yaml"], 'cabel.yaml: there is no such file - did you mean "cable.yaml"?'),
        (["run", "cable.yaml", "--set", "tissue.spacig=0.1 mm"], 'did you mean "spacing"?'),
        (["run", "cable.yaml", "--set", "tissue.spacing=1"], 'needs a unit: write "1 mm"'),
        (["run", "cable.yaml", "--set", "tissue.spacing"], "write KEY=VALUE"),
        (["run", "cable.yaml", "--set", "stimuli[3].start=1 ms"], "--set stimuli[3].start"),
        (["run", "cable.yaml", "-o", "absent/cable.h5"], "absent: there is no such folder"),
        (["run", "cable.yaml", "-o", "cable.yaml"], "a result is an HDF5 file - write -o cable.h5"),
        (["run", "cable.yaml", "--threads", "0"], "--threads"),
        (["run", "cable.yaml", "--set", "regions.strip.shape.strip.center=50 mm"], "regions.strip"),
        (["check", "absent.yaml"], "absent.yaml: there is no such file"),
        (["info", "absent.h5"], "absent.h5: no such file"),
        (["info", "cable.yaml"], "cable.yaml is not a cardiac result"),
        (["plot", "absent.h5", "traces"], "absent.h5: no such file"),
        (["models", "luo_rudy_1992"], 'did you mean "luo_rudy_1991"?'),
        (["mechanisms", "bias_curent"], 'did you mean "bias_current"?'),
        (
            ["experiments", "s1s3"],
            'unknown experiment "s1s3" - did you mean "s1s2"? ("cardiac experiments" lists all)',
        ),
        (["new", "no_such_template"], 'unknown template "no_such_template"'),
        (["new", "hyperpolarized_disk", "-o", "i.txt"], "i.txt: a config is a YAML file - write -o i.yaml"),
        (["schema", "-o", "absent/schema.json"], "absent: there is no such folder"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_bad_input_is_explained_and_nothing_is_written(folder, words, message):
    done = invoked(*words, status=2)
    assert message in done.stderr
    assert done.stdout == ""
    assert contents(folder) == {"cable.yaml"}


def test_all_problems_of_a_config_are_told_at_once(folder):
    (folder / "cable.yaml").write_text(CABLE.replace("25 ms", "25 mV").replace("diffusivity", "diffusivty"))
    message = invoked("run", "cable.yaml", status=2).stderr
    assert "cable.yaml:2:" in message
    assert "cable.yaml:8:" in message


def test_a_folder_that_cannot_be_written_is_noticed_before_the_run(folder, monkeypatch):
    def refused(**options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(output.tempfile, "TemporaryFile", refused)
    assert "nothing can be written there (Permission denied)" in invoked("run", "cable.yaml", status=2).stderr


# check --------------------------------------------------------------------------------------------------


def test_check_tells_what_a_config_amounts_to_and_writes_nothing(folder):
    done = invoked("check", "cable.yaml")
    rows = dict(line.split("  ", 1) for line in done.stdout.splitlines()[1:])
    assert done.stdout.splitlines()[0] == "cable.yaml is valid"
    assert rows["tissue"].strip() == "5 mm, 50 x 1 cells of 0.1 mm"
    assert rows["rest"].strip().startswith("-80.00 mV; in strip -81")
    assert "in strip" in rows["rest"]
    assert rows["stimulus 1"].strip().startswith("threshold ")
    assert " steps of 0.05 ms, rush_larsen_2" in rows["run"]
    assert {"memory", "disk", "time", "threshold"} <= rows.keys()
    assert contents(folder) == {"cable.yaml"}


@pytest.mark.parametrize("verb", ["check", "run"])
def test_what_does_not_fit_into_the_machine_is_refused_with_the_figure(folder, monkeypatch, verb):
    monkeypatch.setattr(memory, "available", lambda: 1e6)
    message = invoked(verb, "cable.yaml", status=2).stderr
    assert "tissue.spacing: 50 x 1 cells" in message
    assert "need 0.2 GB of memory, this machine has 0.0 GB" in message
    assert contents(folder) == {"cable.yaml"}


def test_a_run_in_single_precision_says_so(folder):
    invoked("run", "cable.yaml", "--set", "run.precision=single", "--no-figures")
    assert Result.open(folder / "cable.h5").provenance["precision"] == "single"


def test_check_tells_the_dose_it_solved_for(folder):
    dose = "regions.strip.hyperpolarize={to: -85 mV, by: {potassium_conductance: {reversal: -100 mV}}}"
    text = invoked("check", "cable.yaml", "--set", dose, "--set", "regions.strip.mechanisms=[]").stdout
    assert "potassium_conductance of " in text
    assert "in strip -85.00 mV" in text


def test_warnings_go_to_stderr_and_do_not_fail(folder):
    done = invoked("check", "cable.yaml", "--set", "stimuli[0].start=50 ms")
    assert "warning" in done.stderr
    assert "warning" not in done.stdout


# info, plot ---------------------------------------------------------------------------------------------


def test_info_tells_what_a_result_holds(finished):
    text = invoked("info", finished[0] / "cable.h5").stdout
    assert text.startswith("A wave along a cable\n")
    assert "activation_time" in text


def test_plot_lists_what_can_be_drawn_with_options_and_what_more_would_take(finished, monkeypatch):
    monkeypatch.setattr(figures, "draw", None)  # without drawing
    text = invoked("plot", finished[0] / "cable.h5").stdout
    can, more = text.split("with more in the file (add this to the config and run again):\n")
    named = [line for line in can.splitlines() if line and line[0] != " " and " " not in line]
    assert named == ["activation_map", "space_time", "trace_stack", "traces", "panel"]
    assert "    options: of = V, y (mm), x (mm)" in can.splitlines()
    assert [line.split()[0] for line in more.splitlines()] == ["electrograms"]
    assert "record: {electrograms: {at: {here: [2.5 mm]}}}" in more


@pytest.mark.parametrize(
    ("words", "files"),
    [
        (["space_time"], ["cable_figures/space_time.png"]),
        (["traces", "--format", "svg"], ["cable_figures/traces.svg"]),
        (["traces", "-o", "figure.pdf"], ["figure.pdf"]),
        (["traces", "space_time", "-o", "drawn"], ["drawn/traces.png", "drawn/space_time.png"]),
        (["traces", "--for", "print", "--width", "85 mm"], ["cable_figures/traces.pdf"]),
        (
            ["space_time: {of: V}", "panel: [[traces, activation_map]]", "-o", "drawn"],
            ["drawn/space_time.png", "drawn/panel.png"],
        ),
        (["panel: {rows: [traces], name: figure_1}", "--format", "svg"], ["cable_figures/figure_1.svg"]),
    ],
    ids=" ".join,
)
def test_plot_draws_figures_where_asked(finished, folder, words, files):
    (folder / "cable.h5").write_bytes((finished[0] / "cable.h5").read_bytes())
    assert invoked("plot", "cable.h5", *words).stdout.splitlines() == files
    assert all((folder / file).stat().st_size > 1000 for file in files)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["tracs"], 'did you mean "traces"?'),
        (["frames"], "cable"),
        (["traces", "--format", "gif"], "png, pdf, svg"),
        (["traces", "-o", "figure.gif"], "png, pdf, svg"),
        (["traces", "-o", "figure.pdf", "--format", "png"], "saved as png"),
        (["traces", "space_time", "-o", "figure.png"], "need a folder"),
        (["space_time: {y: 2 mV}"], 'space_time.y: "2 mV": mV is a voltage, a length is expected'),
        (["panel: [[traces, tracs]]"], 'panel[0][1]: unknown figure "tracs" - did you mean "traces"?'),
        (["traces: {"], '"traces: {" is not YAML'),
        (["traces", "--width", "85"], '--width: needs a unit: write "85 mm"'),
        (["traces", "--width", "8 mm"], "width: 8 mm, 40 to 500 mm make a figure"),
        (["traces", "--for", "paper"], "--for paper: a figure is for screen or print"),
        (["electrograms"], "add record: {electrograms:"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_a_figure_that_cannot_be_drawn_is_bad_input(finished, folder, words, message):
    (folder / "cable.h5").write_bytes((finished[0] / "cable.h5").read_bytes())
    assert message in invoked("plot", "cable.h5", *words, status=2).stderr
    assert contents(folder) == {"cable.yaml", "cable.h5"}


@pytest.mark.parametrize("figure", ["traces", "restitution", "velocity"])
def test_a_figure_of_what_an_experiment_does_not_keep_is_answered_with_one_that_it_does(folder, figure):
    (folder / "rest.yaml").write_text("title: Rest\ntissue: cell\nexperiment: rest\n")
    invoked("run", "rest.yaml")
    told = invoked("plot", "rest.h5", figure, status=2).stderr
    assert 'which rest.h5 does not hold: it is of an experiment - draw "rest"' in told


def test_movie_makes_a_film(finished, folder):
    (folder / "cable.h5").write_bytes((finished[0] / "cable.h5").read_bytes())
    assert invoked("movie", "cable.h5", "--every", "5 ms").stdout.startswith("cable.gif (")
    assert (folder / "cable.gif").read_bytes().startswith(b"GIF89a")
    assert invoked("movie", "cable.h5", "--to", "png", "--every", "5 ms").stdout.startswith("cable_frames (")
    assert (folder / "cable_frames" / "frame_00001.png").is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-o", "cable.avi"], "a film is saved as .gif, .mp4, or as PNG files in a folder"),
        (["--to", "avi"], "--to avi: a film is saved as gif, mp4 or png"),
        (["--to", "mp4", "-o", "cable.gif"], "a film --to mp4 ends in .mp4"),
        (["--every", "5"], '--every: needs a unit: write "5 ms"'),
        (["--fps", "1000"], "1000 frames a second: 0.1 to 50 make a film"),
        (["--of", "h"], "holds no frames of h"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_a_film_that_cannot_be_made_is_bad_input(finished, folder, words, message):
    (folder / "cable.h5").write_bytes((finished[0] / "cable.h5").read_bytes())
    assert message in invoked("movie", "cable.h5", *words, status=2).stderr
    assert contents(folder) == {"cable.yaml", "cable.h5"}


# demo, new ----------------------------------------------------------------------------------------------


def test_every_template_is_listed_with_its_title_and_can_be_copied(folder):
    listed = invoked("new").stdout.splitlines()
    assert [line.split()[0] for line in listed] == list(templates())
    for name, path in templates().items():
        line = next(line for line in listed if line.split()[0] == name)
        assert title(path) in line
        if base(path) is None:
            assert load(path).title in line
        (folder / name).mkdir()
        invoked("new", name, "-o", f"{name}/{path.name}")
        assert (folder / name / path.name).read_bytes() == path.read_bytes()


def test_a_sweep_comes_with_the_config_that_it_varies(folder):
    said = invoked("new", "adenosine_paradox", "-o", "mine.yaml").stdout
    assert "cardiac sweep mine.yaml" in said
    assert contents(folder) == {"cable.yaml", "mine.yaml", "adenosine_paradox_cable.yaml"}
    assert plan.load("mine.yaml").base.config.title == load("adenosine_paradox_cable.yaml").title


def test_a_sweep_takes_the_config_that_is_there_if_it_is_the_same(folder):
    invoked("new", "adenosine_paradox_cable")
    invoked("new", "adenosine_paradox")
    (folder / "adenosine_paradox.yaml").unlink()
    (folder / "adenosine_paradox_cable.yaml").write_text(CABLE)
    failed = invoked("new", "adenosine_paradox", status=2).stderr
    assert "adenosine_paradox_cable.yaml is there already - use -o in another folder" in failed
    assert not (folder / "adenosine_paradox.yaml").exists()


def test_new_writes_into_a_folder_and_completes_the_name_of_a_file(folder):
    (folder / "mine").mkdir()
    assert invoked("new", "hyperpolarized_disk", "-o", "mine").stdout.startswith(
        "mine/hyperpolarized_disk.yaml"
    )
    assert invoked("new", "hyperpolarized_disk", "-o", "disk").stdout.startswith("disk.yaml\n")


def test_new_leaves_what_is_there_alone(folder):
    name = next(iter(templates()))
    assert "cable.yaml is there already" in invoked("new", name, "-o", "cable.yaml", status=2).stderr
    assert (folder / "cable.yaml").read_text() == CABLE


def test_the_number_that_the_demo_proposes_to_edit_is_in_its_config():
    config = load(templates()[start.FLAGSHIP], {start.EDITED: start.TRIED})
    assert config.digest != load(templates()[start.FLAGSHIP]).digest


def test_demo_runs_a_config_and_a_second_time_shows_what_is_there(folder, monkeypatch):
    monkeypatch.setattr(start, "template", lambda name: folder / "cable.yaml")
    first = invoked("demo").stdout
    made = (folder / "hyperpolarized_strip.h5").stat().st_mtime_ns
    assert "strip: CONDUCTED" in first
    assert "Now change g in line 6 of hyperpolarized_strip.yaml to 1.7 mS/uF" in first
    assert (folder / "hyperpolarized_strip_figures" / "space_time.png").is_file()
    assert invoked("demo").stdout == first
    assert (folder / "hyperpolarized_strip.h5").stat().st_mtime_ns == made


# models, mechanisms, schema, doctor ---------------------------------------------------------------------


def test_models_mechanisms_and_measures_are_listed():
    listed = invoked("models").stdout + invoked("mechanisms").stdout
    assert all(f"{name}: " in listed for name in (*models.names(), *mechanisms.names()))
    said = invoked("measures").stdout.splitlines()
    assert [line.partition(",")[0] for line in said[::2]] == measures.names()
    assert "block, region, beat, patience" in said
    assert "    Largest rate of rise dV/dt, stimuli included." in said


@pytest.mark.parametrize("name", models.names())
def test_a_model_is_described_with_its_units(name):
    model, text = models.load(name), invoked("models", name).stdout
    assert model.doi in text
    assert all(f"  {variant}" in text for variant in model.variants)
    words = [line.split() for line in text.splitlines()]
    for parameter, value in model.Parameters._field_defaults.items():
        assert [parameter, f"{value:g}"] in [row[:2] for row in words]


@pytest.mark.parametrize("name", mechanisms.names())
def test_a_mechanism_is_described(name):
    text = invoked("mechanisms", name).stdout
    mechanism = mechanisms.load(name)
    assert all(f"  {name}" in text for name in (*mechanism.Inputs._fields, *mechanism.needs))
    assert "It meets " + (", ".join(mechanism.meets()) if mechanism.needs else "every model") in text


@pytest.mark.parametrize("name", experiments.names())
def test_an_experiment_is_described_with_its_keys_and_a_config_that_is_valid(name):
    experiment, text = experiments.load(name), invoked("experiments", name).stdout
    told, _, config = text.partition("\na config\n")
    rows = [line.split() for line in told.partition("\nkeys\n")[2].splitlines()]
    named = {row[0].partition(".")[0] for row in rows}
    assert named == {field.rstrip("_") for field in experiment.Options._fields}
    assert all(len(row) > 2 for row in rows)
    assert experiment.summary in told
    assert experiment.summary in invoked("experiments").stdout
    assert loads(textwrap.dedent(config)).experiment.name == name


def test_the_keys_of_an_experiment_have_their_units_and_defaults():
    rows = dict(
        line.split(maxsplit=1) for line in invoked("experiments", "conduction").stdout.splitlines()[-10:-6]
    )
    assert {key: " ".join(row.split()) for key, row in rows.items()} == {
        "region": "the name of a region optional",
        "tune.along": "a speed (mm/ms, m/s, cm/s) optional",
        "tune.across": "a speed (mm/ms, m/s, cm/s) optional",
        "tolerance": "a number (%) 0.001",
    }


def test_schema_is_written_for_editors(folder):
    text = invoked("schema").stdout
    invoked("schema", "-o", "schema.json")
    assert '"$schema"' in text
    assert (folder / "schema.json").read_text() == text


def test_doctor_finds_a_healthy_installation(monkeypatch):
    monkeypatch.setattr("cardiac.cli.doctor.EDGE", 64)
    text = invoked("doctor").stdout
    assert "a kernel compiled once is found again" in text
    assert "million node-updates/s with 1 thread," in text


def test_doctor_notices_a_cache_that_cannot_be_written(folder, monkeypatch):
    monkeypatch.setattr("cardiac.cli.doctor.EDGE", 64)
    monkeypatch.setenv("CARDIAC_CACHE", str(folder / "cable.yaml" / "cache"))
    assert "needs attention: searches" in invoked("doctor", status=1).stderr


# How it ends --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signalled", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_can_go_on(folder, signalled):
    long = [sys.executable, "-m", "cardiac", "run", "cable.yaml", "--set", "run.duration=1000 s"]
    long += ["--set", "record.frames.every=1 s", "--set", "record.probes={}", "--set", "figures=[]"]
    long += ["--set", "measure=[activation]", "--checkpoint", "0.1"]
    environment = os.environ | {"PYTHONPATH": str(Path(cardiac.__file__).parent.parent)}
    with heeding(signalled):
        process = subprocess.Popen(long, stderr=subprocess.PIPE, text=True, env=environment)
    with process:
        try:
            while not (folder / "cable.h5.part").exists() and process.poll() is None:
                time.sleep(0.05)
            process.send_signal(signalled)
            _, message = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 75, message
    assert 'which is kept: go on with "cardiac resume cable.h5"' in message
    assert {path.name for path in folder.iterdir()} == {"cable.yaml", "cable.h5.part"}


@pytest.mark.parametrize(
    ("signalled", "ending"), [("SIGINT", "KeyboardInterrupt"), ("SIGTERM", "Terminated")]
)
def test_a_signal_that_meets_a_finalizer_is_not_lost(signalled, ending):
    program = f"""
import signal, sys, time
from cardiac.cli.failures import signals_end_the_program

class Finalized:
    def __del__(self):
        signal.raise_signal(signal.{signalled})
        time.sleep(0.001)  # the signal raises here, where nothing can end the program

signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs in the background may begin without
signals_end_the_program()
try:
    Finalized()
    for _ in range(400):
        time.sleep(0.05)
except KeyboardInterrupt as end:
    print(type(end).__name__)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (ended.stdout.strip(), ended.stderr) == (ending, "")


def test_progress_is_told_in_lines_where_there_is_no_terminal(capsys, monkeypatch):
    monkeypatch.setattr(watching, "LINE_INTERVAL", 0.0)
    watch = watching.Watch(400.0)
    watch(Progress(step=1, steps=1001, cells=10_000, elapsed=30.0))  # compilation
    watch(Progress(step=501, steps=1001, cells=10_000, elapsed=35.0))
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "t = 200.2 of 400 ms, 1 million node-updates/s, 5.0 s left"


def test_a_bar_tells_which_trial_of_an_experiment_is_made_and_how_far_it_is():
    bar = Bar(disable=True)
    watching.BarWatch(0.0, bar).trying(Trying(trial=3, t=120.0, end=2000.0))
    (task,) = bar.tasks
    assert (task.description, task.completed, task.total) == ("trial 3: t = 120 ms", 120.0, 2000.0)
    assert task.fields["pace"] == "of 2000 ms at most"


def test_differences_go_down_to_single_values():
    old = {"a": {"b": [1, 2], "c": "x"}, "d": 1}
    new = {"a": {"b": [1, 3], "c": "x"}, "e": [1, 2]}
    assert list(output.differences(old, new)) == [("a.b[1]", 2, 3), ("d", 1, None), ("e", None, [1, 2])]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.31, "0.3 s"), (59.4, "59 s"), (125, "2 min 5 s"), (11040, "3 h 4 min")]
)
def test_times_are_said_as_a_person_says_them(seconds, text):
    assert terminal.span(seconds) == text


def test_results_are_plain_text_where_there_is_no_terminal(finished):
    assert "\x1b" not in finished[1].stdout + finished[1].stderr


# What is left behind, and what is told about it ----------------------------------------------------------


def test_doctor_lists_what_killed_runs_have_left(folder, monkeypatch):
    monkeypatch.setattr("cardiac.cli.doctor.EDGE", 64)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (folder / f"a.h5.tmp-{ended.pid}").touch()
    (folder / f"b.h5.tmp-{os.getpid()}").touch()  # of a run that goes on
    (folder / "c.h5.part").mkdir()
    (folder / "c.h5.part" / "run.json").touch()
    (folder / "download.part").touch()
    told = invoked("doctor").stdout.splitlines()
    (left,) = (line for line in told if line.startswith("left behind"))
    assert left.endswith(f"rm a.h5.tmp-{ended.pid}")
    (unfinished,) = (line for line in told if line.startswith("unfinished"))
    assert unfinished.endswith('c.h5.part - go on with "cardiac resume c.h5", or remove it')
    assert 'go on with "cardiac resume c.h5"' in invoked("info", "c.h5", status=2).stderr


def test_doctor_counts_the_kernels_there_are(tmp_path):
    for name in ("a.f_1", "a.g_1"):
        (tmp_path / f"{name}.py311.nbi").touch()
        (tmp_path / f"{name}.py311.1.nbc").write_bytes(bytes(1_000_000))
    assert doctor._filling(tmp_path).startswith("2 kernels, 2.0 MB")


def test_a_demo_that_was_edited_says_what_can_be_done(folder, monkeypatch):
    monkeypatch.setattr(start, "template", lambda name: folder / "cable.yaml")
    (folder / "hyperpolarized_strip.h5").write_text("my notes")
    message = invoked("demo", status=2).stderr
    assert "use --force, or cardiac run hyperpolarized_strip.yaml -o another.h5" in message


def test_threads_for_an_experiment_are_said_to_be_without_effect(folder):
    (folder / "cell.yaml").write_text("title: A cell\ntissue: cell\nexperiment: rest\n")
    assert "--threads 2: without effect" in invoked("check", "cell.yaml", "--threads", 2).stderr


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        ("{space_time: {x: 500 mm}}", "lies outside the tissue (x 500 mm, it is 0..5 mm)"),
        ("{traces: {}}, {space_time: {y: 1 mm, x: 6 mm}}", "lies outside the tissue (x 6 mm, it is 0..5 mm)"),
    ],
)
def test_figures_of_places_outside_the_tissue_are_refused_before_the_run(folder, figure, message):
    done = invoked("run", "cable.yaml", "--set", f"figures=[{figure}]", status=2)
    assert message in done.stderr


def test_frames_after_the_run_are_refused_before_it(folder):
    sheet = "--set", "tissue.size=[5 mm, 2 mm]", "--set", "record.probes={}", "--set", "measure=[]"
    done = invoked(
        "check", "cable.yaml", *sheet, "--set", "figures=[{frames: {times: [5 ms, 900 ms]}}]", status=2
    )
    assert "lies outside the run (900 ms, it is 0..25 ms)" in done.stderr


def test_results_tell_the_version_that_made_them(finished):
    assert Result.open(finished[0] / "cable.h5").provenance["cardiac"] == cardiac.__version__


ADVICE = "is there already - use -o for another place, or --force to replace it"


@pytest.mark.parametrize(
    ("words", "there"),
    [
        (["movie", "--every", "5 ms", "-o", "mine"], "mine/frame_00001.png"),
        (["movie", "--every", "5 ms", "-o", "mine.gif"], "mine.gif"),
        (["plot", "traces", "-o", "mine.png"], "mine.png"),
        (["plot", "traces", "-o", "mine"], "mine/traces.png"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else part,
)
def test_what_is_drawn_where_one_says_replaces_nothing_unasked(finished, folder, words, there):
    """Least of all pictures of one's own in a folder."""
    (folder / "cable.h5").write_bytes((finished[0] / "cable.h5").read_bytes())
    (folder / there).parent.mkdir(exist_ok=True)
    (folder / there).write_text("mine")
    verb, *words = words
    assert f"{there} {ADVICE}" in invoked(verb, "cable.h5", *words, status=2).stderr
    assert (folder / there).read_text() == "mine"
    invoked(verb, "cable.h5", *words, "--force")
    assert (folder / there).stat().st_size > 1000


def test_a_figure_beside_the_result_is_drawn_again(finished):
    invoked("plot", finished[0] / "cable.h5", "traces")


@pytest.mark.parametrize("verb", ["info", "plot", "movie", "resume", "report", "export"])
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("made.sweep.h5", "made.sweep.h5 is a folder - give a result, or the table of a sweep"),
        (
            "cable.yaml",
            "cable.yaml is not a cardiac result: it is a config - give the file that running it makes",
        ),
    ],
)
def test_what_is_no_result_is_told_by_every_verb_that_takes_one(folder, verb, given, told):
    (folder / "made.sweep.h5").mkdir()
    assert told in invoked(verb, given, status=2).stderr


@pytest.mark.parametrize("opened", [Result.open, cardiac.SweepTable.open])
def test_a_folder_is_no_result_in_python_either(tmp_path, opened):
    with pytest.raises(cardiac.ResultError, match="is a folder - give a result"):
        opened(tmp_path)


@pytest.mark.parametrize(
    ("words", "made"),
    [
        (["plot", "traces"], "new/folder/a.pdf"),
        (["movie", "--every", "10 ms"], "new/folder/a.gif"),
        (["movie", "--every", "10 ms"], "new/folder/frames"),
        (["report"], "new/folder/a.html"),
        (["export", "--to", "paraview"], "new/folder/a.vtkhdf"),
        (["export", "--to", "csv"], "new/folder/tables"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else part,
)
def test_folders_of_what_is_made_of_a_result_are_made(finished, folder, words, made):
    verb, *words = words
    invoked(verb, finished[0] / "cable.h5", *words, "-o", made)
    assert (folder / made).exists()


def test_python_makes_folders_too_and_says_where_it_cannot(finished, folder):
    result = Result.open(finished[0] / "cable.h5")
    result.movie("films/a.gif", every=10.0)
    result.report("pages/a.html")
    figures.save(result.plot("traces"), "drawn/a.svg")
    assert {"films/a.gif", "pages/a.html", "drawn/a.svg"} <= contents(folder)
    with pytest.raises(OSError, match=r"'films/a.gif'"):
        result.movie("films/a.gif/b.gif", every=10.0)
