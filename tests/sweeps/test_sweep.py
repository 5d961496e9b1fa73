"""Sweeps as a user has them: commands, processes that are killed, the same bits as single runs."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sweep_examples import FIND, GRID, WIDTH, G
from typer.testing import CliRunner

import cardiac
from cardiac import SweepTable
from cardiac.cli.app import app
from cardiac.sweeps import ledger

SMALL = GRID.replace("count: 4", "count: 2").replace("0.5 mm, 1 mm, 2 mm", "1 mm, 2 mm")
SWEEP = SMALL + "figures: [heat_map, phase_diagram]\n"


def invoked(*words, status=0):
    """What a command says, after it ended as expected."""
    done = CliRunner().invoke(app, [str(word) for word in words], prog_name="cardiac")
    assert done.exit_code == status, done.output
    return done


def started(*words):
    """A command in a process of its own, and in a group of its own, as a shell has it."""
    command = [sys.executable, "-m", "cardiac", *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, **pipes, text=True, start_new_session=True)


def workers(process):
    """The processes that run the cases of a sweep."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    found = []
    for thread in Path(f"/proc/{process.pid}/task").iterdir() if children.exists() else ():
        for child in (thread / "children").read_text().split():
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(int(child))
    return found


def contents(folder):
    return {path.name for path in folder.iterdir()}


def test_a_sweep_leaves_a_table_a_summary_and_figures(folder):
    (folder / "sweep.yaml").write_text(SWEEP)
    said = invoked("sweep", "sweep.yaml", "--jobs", "2").stdout
    assert "block.strip.outcome: 2 blocked, 1 conducted, 1 delayed" in said
    beside = {"sweep.sweep", "sweep.sweep.h5", "sweep.summary.csv", "sweep.sweep_figures"}
    assert contents(folder) == {"strip.yaml", "sweep.yaml", *beside}
    assert contents(folder / "sweep.sweep_figures") == {"heat_map.png", "phase_diagram.png"}
    names = {path.name for path in (folder / "sweep.sweep/cases").iterdir()}
    assert names == {f"width={w}mm,g={g}mSperuF.json" for w in (1, 2) for g in (0.1, 0.8)}
    again = invoked("sweep", "sweep.yaml", "--no-figures").stdout
    assert again.splitlines()[:4] == said.splitlines()[:4]
    assert invoked("status", "sweep.yaml").stdout.splitlines()[1].split() == ["done", "4"]
    assert SweepTable.open("sweep.sweep.h5")["state"].tolist() == [["done", "done"], ["done", "done"]]


def test_a_case_is_the_same_as_a_single_run_to_the_last_bit(folder):
    """Frames that are not kept have their say in the time step."""
    base = (folder / "strip.yaml").read_text()
    (folder / "strip.yaml").write_text(base.replace("{probes", "{frames: {every: 0.7 ms}, probes"))
    (folder / "sweep.yaml").write_text(SMALL.replace("delay]", "delay, probes.after.V.max]"))
    table = cardiac.sweep("sweep.yaml", jobs=1)
    single = cardiac.run(
        cardiac.load("strip.yaml", set={WIDTH: "2 mm", G.strip('"'): "0.1 mS/uF"}), threads=1
    )
    assert table["block.strip.delay"][1, 0] == single.block["strip"].delay
    assert table["probes.after.V.max"][1, 0] == single.probes["after"].V.max()


@pytest.mark.parametrize(("keep", "frames", "probes"), [("maps", False, False), ("everything", True, True)])
def test_what_is_kept_of_a_case(folder, keep, frames, probes):
    base = (folder / "strip.yaml").read_text()
    (folder / "strip.yaml").write_text(base.replace("{probes", "{frames: {every: 10 ms}, probes"))
    (folder / "sweep.yaml").write_text(SMALL.replace("[1 mm, 2 mm]", "[1 mm]") + f"keep: {keep}\n")
    cardiac.sweep("sweep.yaml", jobs=2)
    result = cardiac.Result.open(next((folder / "sweep.sweep/cases").glob("*.h5")))
    assert "activation_time" in result.names()
    assert ("V" in result.names(), bool(result.probes)) == (frames, probes)


def test_a_case_that_cannot_be_fails_alone_and_can_be_run_again(folder):
    """A stimulus so strong that V is lost."""
    strength = "{set: 'stimuli[0].strength', values: [20 A/F, 1e300 A/F]}"
    text = SMALL.replace("  width: {", "  strength: " + strength + "\n  width: {")
    (folder / "sweep.yaml").write_text(
        text.replace("1 mm, 2 mm", "1 mm").replace("collect", "keep: maps\ncollect")
    )
    failed = invoked("sweep", "sweep.yaml", "--jobs", "2", status=1)
    assert "2 failed" in failed.stdout
    assert "V became NaN at t = 1" in failed.stdout
    assert "--retry-failed" in failed.stderr
    told = invoked("status", "sweep.sweep").stdout
    assert "strength=1e+300 A/F, width=1 mm, g=0.1 mS/uF" in told
    assert SweepTable.open("sweep.sweep.h5")["state"][:, 0, 0].tolist() == ["done", "failed"]


def test_a_boundary_is_where_single_runs_change(folder):
    text = FIND.replace("0.5 mm, 1 mm, 2 mm", "1 mm").replace("1 %", "4 %") + "figures: [phase_diagram]\n"
    (folder / "sweep.yaml").write_text(text)
    said = invoked("sweep", "sweep.yaml", "--jobs", "2").stdout
    table = SweepTable.open("sweep.sweep.h5")
    (low,), (high,) = table["low"], table["high"]
    assert 1.0 < high / low < 1.0401
    assert f"width 1 mm: {table['boundary'][0]:.4g} mS/uF ({low:.5g}..{high:.5g})" in said
    for g, expected in ((low, ("conducted", "delayed")), (high, ("blocked",))):
        config = cardiac.load("strip.yaml", set={WIDTH: "1 mm", G.strip('"'): f"{g:.8g} mS/uF"})
        assert cardiac.run(config, threads=1).block["strip"].outcome in expected
    with (folder / "sweep.summary.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert float(row["low (mS/uF)"]) == low


def test_an_axis_on_which_nothing_changes_is_told_and_how_to_widen_it(folder):
    text = FIND.replace("0.5 mm, 1 mm, 2 mm", "1 mm").replace("0.1 mS/uF, to: 4", "0.01 mS/uF, to: 0.05")
    (folder / "sweep.yaml").write_text(text)
    done = invoked("sweep", "sweep.yaml", "--jobs", "1", status=1)
    assert "width 1 mm: conducted at both ends: widen 0.01..0.05 mS/uF" in done.stdout
    assert "no boundary was found along g" in done.stderr


def test_a_table_is_told_and_drawn_again(folder):
    (folder / "sweep.yaml").write_text(SMALL)
    said = invoked("sweep", "sweep.yaml", "--jobs", "1").stdout
    assert invoked("info", "sweep.sweep.h5").stdout.strip() in said
    assert invoked("plot", "sweep.sweep.h5").stdout.split()[0] == "heat_map"
    drawn = invoked("plot", "sweep.sweep.h5", "line_family", "heat_map").stdout.split()
    assert [Path(name).stat().st_size > 5000 for name in drawn] == [True, True]
    wrong = invoked("plot", "sweep.sweep.h5", "heatmap", status=2).stderr
    assert 'unknown figure of a sweep "heatmap" - did you mean "heat_map"?' in wrong


MANY = f"""\
base: strip.yaml
sweep:
  width: {{set: {WIDTH}, from: 0.5 mm, to: 2.5 mm, count: 5}}
  g: {{set: {G}, from: 0.1 mS/uF, to: 0.8 mS/uF, count: 8}}
collect: [block.strip.outcome, block.strip.delay, activation_time.max]
"""


def rows(file):
    """The rows of a summary, without their wall times."""
    with Path(file).open() as opened:
        return [row[:-1] for row in csv.reader(opened)]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds workers in /proc")
@pytest.mark.parametrize("kills", [2, pytest.param(5, marks=pytest.mark.slow)])
def test_all_cases_complete_once_though_workers_and_coordinators_are_killed(folder, kills):
    """So many of each at random moments; what is there in the end is what an undisturbed sweep finds."""
    for name in ("many", "calm"):
        (folder / f"{name}.yaml").write_text(MANY)
    cardiac.sweep("calm.yaml", jobs=2)
    moments = random.Random(5)
    for _ in range(kills):
        process = started("sweep", "many.yaml", "--jobs", "2")
        until = time.monotonic() + 20.0
        while not workers(process) and process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(moments.uniform(0.0, 1.5))
        running = workers(process)
        if running:
            os.kill(moments.choice(running), signal.SIGKILL)
            time.sleep(moments.uniform(0.0, 1.0))
        process.kill()
        process.communicate()
    table = cardiac.sweep("many.yaml", jobs=2)
    assert (table["state"] == "done").all()
    assert rows("many.summary.csv") == rows("calm.summary.csv")
    found = [json.loads(path.read_text())["case"] for path in (folder / "many.sweep/cases").glob("*.json")]
    assert len(found) == len(set(found)) == 40
    assert ledger.status(folder / "many.sweep").counts == {"done": 40}
    assert not list((folder / "many.sweep/cases").glob("*.tmp-*"))


@pytest.mark.parametrize(
    ("number", "send"), [(signal.SIGINT, os.killpg), (signal.SIGTERM, os.kill)], ids=["Ctrl-C", "SIGTERM"]
)
def test_a_signal_leaves_what_can_be_continued(folder, number, send):
    (folder / "sweep.yaml").write_text(MANY.replace("count: 8", "count: 30"))
    process = started("sweep", "sweep.yaml", "--jobs", "2")
    until = time.monotonic() + 30.0
    while len(list((folder / "sweep.sweep").glob("cases/*.json"))) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    send(process.pid, number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 75
    assert 'go on with "cardiac sweep sweep.yaml"' in said
    assert "Traceback" not in said
    assert 2 <= ledger.status(folder / "sweep.sweep").counts["done"] < 150


def test_a_script_that_would_start_itself_again_is_told_so(folder):
    (folder / "sweep.yaml").write_text(SMALL)
    (folder / "script.py").write_text("import cardiac\ncardiac.sweep('sweep.yaml', jobs=2)\n")
    done = subprocess.run([sys.executable, "script.py"], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1].endswith('in a script, sweep under if __name__ == "__main__":')
    assert done.stderr.count("Traceback") == 1


def test_a_damaged_ledger_is_rebuilt_when_asked_and_nothing_is_run_again(folder):
    (folder / "sweep.yaml").write_text(SMALL)
    invoked("sweep", "sweep.yaml", "--jobs", "1")
    records = {path: path.stat().st_mtime_ns for path in (folder / "sweep.sweep/cases").iterdir()}
    (folder / "sweep.sweep/ledger.sqlite").write_bytes(b"no database" * 100)
    assert "--rebuild" in invoked("sweep", "sweep.yaml", status=2).stderr
    invoked("sweep", "sweep.yaml", "--rebuild", "--jobs", "1")
    assert {path: path.stat().st_mtime_ns for path in (folder / "sweep.sweep/cases").iterdir()} == records
    assert ledger.status(folder / "sweep.sweep").counts == {"done": 4}


def test_another_sweep_is_not_overwritten(folder):
    (folder / "sweep.yaml").write_text(SMALL)
    invoked("sweep", "sweep.yaml", "--jobs", "1")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (folder / "sweep.yaml").write_text(SMALL.replace("[1 mm", "[3 mm"))
    for words in ((), ("--rebuild",)):
        said = invoked("sweep", "sweep.yaml", *words, status=2).stderr
        assert "holds another sweep (1 difference)" in said
        assert "sweep.width.values[0]: 1 mm -> 3 mm" in said
    (folder / "sweep.yaml").write_text(SMALL)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_two_programs_do_not_carry_out_one_sweep(folder):
    (folder / "sweep.yaml").write_text(SMALL)
    from cardiac.storage import locked

    with locked(folder / "sweep.sweep"):
        assert (
            "sweep.sweep: the sweep is being carried out by process"
            in invoked("sweep", "sweep.yaml", status=2).stderr
        )
    assert contents(folder) == {"strip.yaml", "sweep.yaml"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sweep", "swep.yaml"], 'swep.yaml: there is no such file - did you mean "sweep.yaml"?'),
        (["sweep", "strip.yaml"], "strip.yaml: is a config, not a sweep of one"),
        (["sweep", "sweep.yaml", "--jobs", "0"], "--jobs"),
        (["sweep", "sweep.yaml", "--dask", "nonsense"], "no Dask scheduler answers at nonsense"),
        (["run", "sweep.yaml"], 'is a sweep of a config - "cardiac sweep sweep.yaml" carries it out'),
        (["status", "absent"], "absent.sweep: no sweep has begun there"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_bad_input_is_explained(folder, words, message):
    if "--dask" in words:
        pytest.importorskip("distributed")
    (folder / "sweep.yaml").write_text(SMALL)
    done = invoked(*words, status=2)
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_an_experiment_is_swept_too(folder):
    text = """\
title: A cell
model: mitchell_schaeffer_2003
tissue: cell
mechanisms: [potassium_conductance: {g: 0.1 mS/uF, reversal: -95 mV}]
experiment: threshold
"""
    (folder / "cell.yaml").write_text(text)
    g = "'mechanisms[0].potassium_conductance.g'"
    (folder / "sweep.yaml").write_text(
        f"base: cell.yaml\nsweep: {{g: {{set: {g}, values: [0 mS/uF, 0.1 mS/uF]}}}}\n"
        "collect: [tables.threshold.current]\nfigures: [line_family]\n"
    )
    table = cardiac.sweep("sweep.yaml", jobs=1)
    low, high = table["tables.threshold.current"]
    assert 0.0 < low < high
    (folder / "sweep.yaml").write_text((folder / "sweep.yaml").read_text().replace("current]", "curent]"))
    message = invoked("sweep", "sweep.yaml", "--force", status=2).stderr
    assert 'collect[0]: table threshold: no "curent" - did you mean "current"?' in message
