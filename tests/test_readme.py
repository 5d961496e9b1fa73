"""The READMEs keep their word: every example in them is run, or what it names is there."""

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner

import cardiac
from cardiac import experiments
from cardiac.cli.app import app
from cardiac.sweeps import plan

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, ROOT / "configs" / "README.md", ROOT / "CONTRIBUTING.md"]
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SMALL = {"tissue.spacing": "0.25 mm", "run.duration": "60 ms"}


def blocks(page, language):
    return [text for found, text in FENCED.findall(page.read_text()) if found == language]


EXAMPLES = [(page, text) for page in PAGES for text in blocks(page, "yaml") if "base:" not in text]
SWEEPS = [text for text in blocks(README, "yaml") if "base:" in text]
MODEL, SWEEP_SCRIPT, CLUSTER_SCRIPT, SCRIPT = sorted(
    blocks(README, "python"),
    key=lambda text: ("class State" not in text, "sweep" not in text, "Cluster" in text),
)
COMMANDS = [
    line.partition("  #")[0].strip()
    for page in PAGES
    for text in blocks(page, "sh")[2 * (page == README) :]
    for line in text.splitlines()
]


def test_the_first_two_commands_stand_alone():
    run, test = blocks(README, "sh")[:2]
    for command in (run, test):
        assert command.count("\n") == 1
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert "cardiac run configs/hyperpolarized_strip.yaml" in run
    assert "[dev]" in test
    assert ".venv/bin/pytest" in test


def test_continuous_integration_runs_the_second_command(tmp_path):
    """In a checkout whose tools only say that they were called."""
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    (tmp_path / ".ci/run").write_bytes((ROOT / ".ci/run").read_bytes())
    (tmp_path / "README.md").write_bytes(README.read_bytes())
    for tool in (
        "bin/python3",
        "bin/chromium",
        *(f".venv/bin/{name}" for name in ("pip", "ruff", "mypy", "pytest")),
    ):
        file = tmp_path / tool
        file.write_text(f'#!/bin/sh\necho "called {Path(tool).name} $*"\n')
        file.chmod(0o755)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", tmp_path / ".ci/run"], env={"PATH": path}, capture_output=True, text=True, check=True
    )
    called = [line.split()[1:3] for line in done.stdout.splitlines() if line.startswith("called")]
    assert ["ruff", "check"] in called
    assert ["ruff", "format"] in called
    assert ["mypy"] in called
    assert called[-1][0] == "pytest"
    assert called[-2][0] == "pip"
    assert f"== {blocks(README, 'sh')[1].strip()}" in done.stdout


@pytest.mark.parametrize(("page", "text"), EXAMPLES, ids=lambda part: getattr(part, "name", "text"))
def test_config_is_valid(page, text):
    config = cardiac.loads(text, page.name)
    assert config.warnings == ()


def test_readme_names_every_experiment():
    _, _, text = README.read_text().partition("\n## Experiments on a cell\n")
    text, _, _ = text.partition("\n## From Python\n")
    assert [name for name in experiments.names() if f"`{name}`" not in text] == []


def test_experiment_on_tissue_finds_what_the_readme_says():
    (text,) = (text for text in blocks(README, "yaml") if "s1s2" in text)
    without = re.sub("^mechanisms:.*\n", "", text, flags=re.MULTILINE)
    found = [
        cardiac.run(cardiac.loads(config)).tables["s1s2"].columns["ERP"][0] for config in (text, without)
    ]
    assert "propagation is {:.0f} ms, and {:.0f} ms without".format(*found) in README.read_text()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with the first config of the README in it as strip.yaml."""
    monkeypatch.chdir(tmp_path)
    Path("strip.yaml").write_text(blocks(README, "yaml")[0])
    return tmp_path


def test_script_runs(folder, monkeypatch):
    pytest.importorskip("xarray")
    load = cardiac.load
    monkeypatch.setattr(cardiac, "load", lambda path, set: load(path, {**set, **SMALL}), raising=False)
    exec(SCRIPT, {})
    assert (folder / "strip.h5").exists()
    assert (folder / "fig.png").exists()


def test_model_of_ones_own_runs(folder):
    Path("my_model.py").write_text(MODEL)
    config = cardiac.loads(
        "title: Mine\nmodel: ./my_model.py\ntissue: cell\nrun: {duration: 50 ms}\n"
        "stimuli: [{duration: 2 ms, strength: 50 A/F}]",
        folder=folder,
    )
    V = cardiac.run(config).probes["cell"].V
    assert V.max() > 0.0
    assert V[-1] < -70.0


@pytest.mark.parametrize("text", SWEEPS)
def test_sweep_is_valid(text, folder):
    Path("sweep.yaml").write_text(text)
    assert plan.load("sweep.yaml").cases()


def test_script_sweeps(folder):
    """With a base and a grid that are small."""
    Path("strip.yaml").write_text(CABLE)
    text = SWEEPS[0].replace("[0.5 mm, 1 mm, 2 mm, 4 mm]", "[0.5 mm, 2 mm]").replace("count: 20", "count: 2")
    Path("sweep.yaml").write_text(text)
    exec(SWEEP_SCRIPT, {})
    assert (folder / "diagram.png").exists()
    assert sorted(cardiac.SweepTable.open("sweep.sweep.h5").dimensions.items()) == [("g", 2), ("width", 2)]


CABLE = """
title: A small strip
tissue: {size: [8 mm], spacing: 0.25 mm, diffusivity: 0.1 mm^2/ms}
regions:
  strip:
    shape: {strip: {center: 4 mm, width: 3 mm}}
    mechanisms: [potassium_conductance: {g: 0.3 mS/uF, reversal: -95 mV}]
stimuli: [{at: {left: 1 mm}, start: 1 ms, duration: 2 ms, strength: 2 x threshold}]
run: {duration: 60 ms}
measure: [activation, {block: strip}]
"""


def test_script_for_a_batch_system_hands_over_the_address(monkeypatch):
    """With stand-ins for the batch system and the sweep."""
    asked = []

    class SLURMCluster:
        scheduler_address = "tcp://10.0.0.1:8786"

        def __init__(self, **words):
            asked.append(sorted(words))

        def scale(self, jobs):
            asked.append(jobs)

    monkeypatch.setitem(sys.modules, "dask_jobqueue", SimpleNamespace(SLURMCluster=SLURMCluster))
    monkeypatch.setattr(cardiac, "sweep", lambda path, *, dask: asked.append((path, dask)), raising=False)
    exec(CLUSTER_SCRIPT, {"cardiac": cardiac})
    assert asked == [
        ["cores", "memory", "processes", "walltime"],
        10,
        ("sweep.yaml", "tcp://10.0.0.1:8786"),
    ]


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("dask")])
def test_command_of_dask_exists(command):
    pytest.importorskip("distributed")
    _, verb, *words = shlex.split(command)
    said = subprocess.run(
        [sys.executable, "-m", "dask", verb, "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert all(word in said for word in words if word.startswith("--"))


@pytest.mark.parametrize("command", [command for command in COMMANDS if not command.startswith("dask")])
def test_command_exists(command):
    """Its verb, its options and its files are there."""
    program, verb, *words = shlex.split(command)
    assert Path(program).name == "cardiac"
    said = CliRunner().invoke(app, [verb, "--help"]).output
    commands = typer.main.get_command(app).commands
    known = {option for parameter in commands[verb].params for option in parameter.opts}
    assert verb in said
    assert {word for word in words if word.startswith("-")} <= known
    assert all((ROOT / word).exists() for word in words if word.startswith("configs/"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    text = page.read_text()
    links = re.findall(r"\]\(([^)#]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    assert all((page.parent / link).exists() for link in links)


@pytest.mark.parametrize("name", [path.stem for path in sorted((ROOT / "configs").glob("*.yaml"))])
def test_gallery_shows_every_config(name):
    page = (ROOT / "configs" / "README.md").read_text()
    assert f"\n## {name}\n" in page
    assert f"(gallery/{name}.png)" in page


def test_pictures_are_small():
    sizes = [picture.stat().st_size for picture in (ROOT / "configs/gallery").glob("*.png")]
    assert max(sizes) < 60_000
    assert sum(sizes) < 1_000_000


def test_pictures_are_of_the_configs_as_they_are():
    """Else `python configs/gallery/draw.py` draws them again."""
    spec = importlib.util.spec_from_file_location("draw", ROOT / "configs/gallery/draw.py")
    draw = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(draw)
    assert [name for name in draw.NAMES if not draw.current(name)] == []
    assert {picture.stem for picture in draw.HERE.glob("*.png")} == set(draw.NAMES)
