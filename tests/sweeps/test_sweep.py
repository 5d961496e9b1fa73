"""Sweeps as a user has them: commands, processes that are killed, the same bits as single runs."""

import csv
import errno
import io
import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from processes import heeding
from rich.console import Console
from sweep_examples import FIND, GRID, WIDTH, G
from typer.testing import CliRunner

import cardiac
from cardiac import SweepTable
from cardiac.cli.app import app
from cardiac.cli.sweeping import _table
from cardiac.runner import running
from cardiac.storage import locked
from cardiac.sweeps import _alone, ledger
from cardiac.sweeps.coordinator import Tally
from cardiac.sweeps.executors import Crew, Processes

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
    with heeding(signal.SIGINT):
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
    if find_spec("h5netcdf"):
        with table.to_xarray() as found:
            assert found["boundary"].dims == ("width",)
            assert found["boundary"].values == table["boundary"]
            assert found["boundary"].attrs["units"] == "mS/uF"
    with (folder / "sweep.summary.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert float(row["low (mS/uF)"]) == low


def test_an_axis_on_which_nothing_changes_is_told_and_how_to_widen_it(folder):
    text = FIND.replace("0.5 mm, 1 mm, 2 mm", "1 mm").replace("0.1 mS/uF, to: 4", "0.01 mS/uF, to: 0.05")
    (folder / "sweep.yaml").write_text(text)
    done = invoked("sweep", "sweep.yaml", "--jobs", "1", status=1)
    assert "width 1 mm: conducted at both ends: widen 0.01..0.05 mS/uF" in done.stdout
    assert "no boundary was found along g" in done.stderr


TWO_PROBES = "record: {probes: {near: [1.6 mm], far: [2.6 mm], after: [5.6 mm]}}"


def test_a_velocity_between_probes_is_collected_and_drawn_against_another_number(folder):
    base = (folder / "strip.yaml").read_text().replace("record: {probes: {after: [5.6 mm]}}", TWO_PROBES)
    base = base.replace("measure: [activation,", "measure: [activation, {conduction_velocity: [near, far]},")
    (folder / "strip.yaml").write_text(base)
    collected = "[conduction_velocity_near_far, block.strip.transit, block.strip.outcome]"
    figure = "{against: {of: block.strip.transit, outcome: block.strip.outcome}}"
    text = SMALL.replace("[block.strip.outcome, block.strip.delay]", collected)
    (folder / "sweep.yaml").write_text(f"{text}figures: [{figure}]\n")
    said = invoked("sweep", "sweep.yaml", "--jobs", "1").stdout
    assert Path("sweep.sweep_figures/against.png").stat().st_size > 5000
    table = SweepTable.open("sweep.sweep.h5")
    assert (table["conduction_velocity_near_far"] > 0.2).all()
    assert table.unit("conduction_velocity_near_far") == "mm/ms"
    assert "against.png" in said
    axes = table.plot("against", of="block.strip.transit", outcome="block.strip.outcome").axes[0]
    blocked = np.isnan(table["block.strip.transit"]).sum()
    crosses = [line for line in axes.lines if line.get_marker() == "x" and line.get_markersize() > 6]
    assert blocked > 0
    assert sum(len(line.get_xdata()) for line in crosses) == blocked
    assert all(line.get_ydata().min() > 1 for line in crosses if len(line.get_ydata()))  # heights of the axes
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert "no transit at strip" in names
    assert len(names) == len(set(names))


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
SHEET = {
    "[6 mm]": "[6 mm, 6 mm]",
    "0.25 mm": "0.05 mm",
    "[5.6 mm]": "[5.6 mm, 3 mm]",
}  # takes about half a second


def make_longer(base):
    """Let each case take about half a second."""
    text = base.read_text()
    for old, new in SHEET.items():
        assert old in text
        text = text.replace(old, new)
    base.write_text(text)


def rows(file):
    """The rows of a summary, without their wall times."""
    with Path(file).open() as opened:
        return [row[:-1] for row in csv.reader(opened)]


def finished(cases):
    """The records of cases, and when they were written."""
    return {path.name: path.stat().st_mtime_ns for path in cases.glob("*.json")}


def wait(process, what):
    """Wait until something is so, while a sweep is carried out."""
    until = time.monotonic() + 60.0
    while not what():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.01)


def is_alive(pid):
    """Whether a process runs; of one that has ended no words are left."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


def is_amid(process, cases, before):
    """Whether a sweep has workers, and more is done than before."""
    return len(finished(cases)) > before and workers(process)


def killed(cases, starts, moments):
    """Start a sweep so many times; kill a worker, then the coordinator, each when more is done than before.

    Returns the records of the cases that were done before each kill.
    """
    found = []
    for _ in range(starts):
        process = started("sweep", "many.yaml", "--jobs", "2")
        try:
            for victim in ("worker", "coordinator"):
                wait(process, partial(is_amid, process, cases, len(finished(cases))))
                time.sleep(moments.uniform(0.0, 0.3))
                found.append(finished(cases))
                pid = moments.choice(workers(process)) if victim == "worker" else process.pid
                assert is_alive(pid)
                os.kill(pid, signal.SIGKILL)
                if victim == "worker":
                    wait(process, lambda pid=pid: not is_alive(pid))
        finally:
            process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    return found


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds workers in /proc")
@pytest.mark.parametrize("starts", [1, pytest.param(5, marks=pytest.mark.slow)])
def test_all_cases_complete_once_though_workers_and_coordinators_are_killed(folder, starts):
    """So many of each, amid their cases; what is there in the end is what an undisturbed sweep finds."""
    make_longer(folder / "strip.yaml")
    count = 2 if starts == 1 else 6
    for name in ("many", "calm"):
        (folder / f"{name}.yaml").write_text(MANY.replace("count: 8", f"count: {count}"))
    cases = folder / "many.sweep/cases"
    cases.mkdir(parents=True)
    found = killed(cases, starts, random.Random(5))
    table = cardiac.sweep("many.yaml", jobs=2)
    assert (table["state"] == "done").all()
    counts = [len(records) for records in found]
    assert 2 * starts == len(set(counts))
    assert 0 < counts[0] < counts[-1] < 5 * count
    for before, after in pairwise([*found, finished(cases)]):
        assert before.items() <= after.items()
    assert len(finished(cases)) == 5 * count
    assert ledger.status(folder / "many.sweep").counts == {"done": 5 * count}
    assert not list(cases.glob("*.tmp-*"))
    if starts > 1:
        cardiac.sweep("calm.yaml", jobs=2)
        assert rows("many.summary.csv") == rows("calm.summary.csv")


def test_a_second_signal_does_not_disturb_an_end_in_good_order(folder, monkeypatch):
    (folder / "sweep.yaml").write_text(SMALL)
    shutdown, before = Processes.shutdown, signal.getsignal(signal.SIGINT)

    def impatient(self, *options, **more):
        signal.raise_signal(signal.SIGINT)
        shutdown(self, *options, **more)

    def stop(tally):
        raise KeyboardInterrupt

    monkeypatch.setattr(Processes, "shutdown", impatient)
    with pytest.raises(cardiac.Interrupted, match=r"interrupted: \d of 4 cases are kept"):
        cardiac.sweep("sweep.yaml", jobs=1, progress=stop)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_full_disk_leaves_what_can_be_continued(folder, monkeypatch):
    (folder / "sweep.yaml").write_text(SMALL)

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("cardiac.sweeps.results.write", full)
        said = invoked("sweep", "sweep.yaml", "--jobs", "1", status=75).stderr
    assert "cannot be written (No space left on device) - make room: 4 of 4 cases are kept" in said
    assert "4 runs" in invoked("sweep", "sweep.yaml", "--jobs", "1").stdout


@pytest.mark.parametrize(
    ("number", "send"), [(signal.SIGINT, os.killpg), (signal.SIGTERM, os.kill)], ids=["Ctrl-C", "SIGTERM"]
)
def test_a_signal_leaves_what_can_be_continued(folder, number, send):
    (folder / "sweep.yaml").write_text(MANY.replace("count: 8", "count: 30"))
    make_longer(folder / "strip.yaml")
    process = started("sweep", "sweep.yaml", "--jobs", "2")
    until = time.monotonic() + 30.0
    while len(list((folder / "sweep.sweep").glob("cases/*.json"))) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    send(process.pid, number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 75
    assert 'go on with "cardiac sweep sweep.yaml"' in said
    assert "Traceback" not in said
    assert (
        1 <= ledger.status(folder / "sweep.sweep").counts["done"] < 150
    )  # it may not have heard of the last


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


@pytest.mark.parametrize("options", [{"jobs": 0}, {"jobs": -1}, {"jobs": 2, "dask": "tcp://127.0.0.1:9"}])
def test_workers_that_cannot_be_are_refused(folder, options):
    (folder / "sweep.yaml").write_text(SMALL)
    with pytest.raises(ledger.SweepError, match=f"jobs: {options['jobs']} "):
        cardiac.sweep("sweep.yaml", **options)
    assert contents(folder) == {"strip.yaml", "sweep.yaml"}


def test_a_folder_that_cannot_be_written_is_named(folder, monkeypatch):
    (folder / "sweep.yaml").write_text(SMALL)

    def refused(path, patience):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    with monkeypatch.context() as patch:
        patch.setattr("cardiac.storage.locked", refused)
        with pytest.raises(ledger.SweepError, match=r"sweep\.sweep cannot be written"):
            cardiac.sweep("sweep.yaml", jobs=1)
    (folder / "sweep.sweep").write_text("a file")
    with pytest.raises(ledger.SweepError, match=r"sweep\.sweep/cases: "):
        cardiac.sweep("sweep.yaml", jobs=1)


def test_a_glance_at_a_sweep_does_not_keep_it_from_starting(folder):
    """`status` takes the lock for a moment, to see whether another has it."""
    held = threading.Event()

    def glance():
        with locked(folder / "sweep.sweep"):
            held.set()
            time.sleep(0.1)

    thread = threading.Thread(target=glance)
    thread.start()
    held.wait()
    with _alone(folder / "sweep.sweep"):
        thread.join()


def test_what_a_person_sees_while_a_sweep_is_carried_out():
    screen = Console(file=io.StringIO(), width=100)
    screen.print(_table(Tally(done=3, running=2, failed=1, total=12, ran=4, elapsed=8.0, workers=2)))
    heads, _, values = screen.file.getvalue().splitlines()
    found = zip(heads.split("┃"), values.split("│"), strict=True)
    assert {head.strip(): value.strip() for head, value in found} == {
        "done": "3 of 12",
        "running": "2",
        "failed": "1",
        "cases a minute": "30",
        "left": "16 s",
    }
    screen.print(_table(Tally(done=0, running=1, failed=0, total=12, ran=0, elapsed=8.0, workers=0)))
    assert "none yet: waiting" in screen.file.getvalue()


def test_what_fails_as_the_kernels_are_made_fails_its_case_only(folder, monkeypatch):
    (folder / "sweep.yaml").write_text(SMALL.replace("1 mm, 2 mm", "1 mm"))
    monkeypatch.setattr("cardiac.sweeps._first_step", lambda *_: 1 / 0)
    assert (cardiac.sweep("sweep.yaml", jobs=1)["state"] == "done").all()


def test_two_programs_do_not_carry_out_one_sweep(folder):
    (folder / "sweep.yaml").write_text(SMALL)
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


@contextmanager
def here(jobs):
    """Cases are run in this process."""
    with ThreadPoolExecutor(jobs) as executor:
        yield Crew(executor, lambda: jobs)


def test_an_experiment_is_swept_too(folder, monkeypatch):
    """The one by which it is tried counts: no worker runs it again."""
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
    tried, perform = [], running.perform
    monkeypatch.setattr(
        running,
        "perform",
        lambda config, *rest, **more: tried.append(config) or perform(config, *rest, **more),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cardiac.sweeps.executors.local", here)
        table = cardiac.sweep("sweep.yaml", jobs=1)
    assert len(tried) == 2
    low, high = table["tables.threshold.current"]
    assert 0.0 < low < high
    (folder / "sweep.yaml").write_text((folder / "sweep.yaml").read_text().replace("current]", "curent]"))
    message = invoked("sweep", "sweep.yaml", "--force", status=2).stderr
    assert 'collect[0]: table threshold: no "curent" - did you mean "current"?' in message
