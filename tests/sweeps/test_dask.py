"""On a Dask cluster: a real scheduler and two worker processes, one of which is killed in mid-sweep."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sweep_examples import WIDTH, G

import cardiac
from cardiac.sweeps import ledger
from cardiac.sweeps.ledger import SweepError

Client = pytest.importorskip("distributed").Client

SWEEP = f"""\
base: strip.yaml
sweep:
  width: {{set: {WIDTH}, values: [1 mm, 2 mm]}}
  g: {{set: {G}, from: 0.1 mS/uF, to: 0.8 mS/uF, count: 6}}
collect: [block.strip.outcome, block.strip.delay, activation_time.max]
"""


def spawned(*words):
    command = [sys.executable, "-m", "dask", *words]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def worker_of(address, folder):
    words = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", folder)
    return spawned("worker", address, *words)


@pytest.fixture
def cluster(tmp_path):
    """The address of a scheduler, its process and those of its two workers."""
    file = tmp_path / "scheduler.json"
    scheduler = spawned(
        "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file
    )
    until = time.monotonic() + 30.0
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.1)
    address = json.loads(file.read_text())["address"]
    local = tmp_path / "workers"
    workers = [worker_of(address, local) for _ in range(2)]
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=30.0)
    yield address, scheduler, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


def test_a_cluster_finds_what_processes_find_though_a_worker_is_killed(folder, cluster):
    address, _, workers = cluster
    for name in ("here", "there"):
        (folder / f"{name}.yaml").write_text(SWEEP)
    here = cardiac.sweep("here.yaml", jobs=1)

    def kill(tally):
        if tally.done >= 3 and workers[0].poll() is None:
            os.kill(workers[0].pid, signal.SIGKILL)
            workers[0].wait()

    there = cardiac.sweep("there.yaml", dask=address, progress=kill)
    assert workers[0].poll() == -signal.SIGKILL
    assert (there["state"] == "done").all()
    for name in ("block.strip.outcome", "block.strip.delay", "activation_time.max"):
        np.testing.assert_array_equal(here[name], there[name])
    assert len(list(Path("there.sweep/cases").glob("*.json"))) == 12


def test_a_sweep_that_loses_all_its_workers_goes_on_with_the_next(folder, cluster):
    address, _, workers = cluster
    (folder / "sweep.yaml").write_text(SWEEP)

    def kill(tally):
        if tally.done >= 3 and len(workers) == 2:
            for worker in workers:
                worker.kill()
                worker.wait()
            workers.append(worker_of(address, folder / "late"))

    table = cardiac.sweep("sweep.yaml", dask=address, progress=kill)
    assert len(workers) == 3
    assert (table["state"] == "done").all()
    assert len(list(Path("sweep.sweep/cases").glob("*.json"))) == 12


def test_what_was_done_stays_when_the_scheduler_goes_away(folder, cluster):
    address, scheduler, _ = cluster
    (folder / "sweep.yaml").write_text(SWEEP)

    def kill(tally):
        if tally.done >= 2 and scheduler.poll() is None:
            scheduler.kill()
            scheduler.wait()

    with pytest.raises(cardiac.Interrupted, match=r"the scheduler of the cluster has gone: \d+ of 12 cases"):
        cardiac.sweep("sweep.yaml", dask=address, progress=kill)
    assert ledger.status(folder / "sweep.sweep").counts["done"] >= 2


def test_an_address_that_does_not_answer(folder, monkeypatch):
    from cardiac.sweeps import executors

    monkeypatch.setattr(executors, "PATIENCE", 0.5)
    (folder / "sweep.yaml").write_text(SWEEP)
    with pytest.raises(SweepError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9 "):
        cardiac.sweep("sweep.yaml", dask="tcp://127.0.0.1:9")


def test_a_kind_of_address_that_there_is_not(folder):
    (folder / "sweep.yaml").write_text(SWEEP)
    with pytest.raises(SweepError, match=r"no Dask scheduler answers at foo://bar \(unknown address scheme"):
        cardiac.sweep("sweep.yaml", dask="foo://bar")
    assert {path.name for path in folder.iterdir()} == {"strip.yaml", "sweep.yaml"}


def test_a_sweep_waits_for_the_first_worker(folder, cluster):
    """As on a batch system, where jobs are queued."""
    address, _, workers = cluster
    for worker in workers:
        worker.kill()
        worker.wait()
    (folder / "sweep.yaml").write_text(SWEEP)
    seen = []

    def come(tally):
        if tally.workers == 0 and not seen:
            workers.append(worker_of(address, folder / "late"))
        seen.append(tally.workers)

    table = cardiac.sweep("sweep.yaml", dask=address, progress=come)
    assert (table["state"] == "done").all()
    assert seen[0] == 0
    assert max(seen) == 1


def test_the_extra_is_named_where_it_is_missing(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    (folder / "sweep.yaml").write_text(SWEEP)
    with pytest.raises(SweepError, match=r'pip install "cardiac-tissue\[dask\]"'):
        cardiac.sweep("sweep.yaml", dask="tcp://127.0.0.1:9")
