"""`cardiac models import`, and a tissue of what it wrote."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("myokit", reason='reading model files takes Myokit: pip install "cardiac-tissue[import]"')

from imported_files import path

import cardiac
from cardiac import models
from cardiac.cli.app import app

CABLE = """\
title: A wave along a cable of imported cells
model: ./cell.py
tissue: {size: 6 mm, spacing: 0.2 mm, diffusivity: 0.1 mm^2/ms}
stimuli: [{at: {left: 1 mm}, start: 1 ms, duration: 2 ms, strength: 50 A/F}]
run: {duration: 25 ms}
record: {probes: {end: [5.5 mm]}}
"""


def invoked(*words: object, status: int = 0) -> str:
    """What a command says, after it ended as expected."""
    done = CliRunner().invoke(app, [str(word) for word in words], prog_name="cardiac")
    assert done.exit_code == status, done.output
    return done.output


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_models_still_lists_and_describes() -> None:
    assert "luo_rudy_1991: guinea pig" in invoked("models")
    assert "Nagumo" in invoked("models", "nagumo")
    assert 'did you mean "nagumo"' in invoked("models", "nagumoo", status=2)
    assert "[NAME | import FILE]" in invoked("models", "--help")


def test_import_writes_a_model_and_tells_how_to_use_it(folder: Path) -> None:
    said = invoked("models", "import", path("mitchell_schaeffer_2003"))
    assert "model: ./mitchell_schaeffer_2003.py" in said
    assert models.load(folder / "mitchell_schaeffer_2003.py").Currents._fields == ("I_in", "I_out")
    assert "tau_open" in invoked("models", "./mitchell_schaeffer_2003.py")


def test_import_takes_a_name_and_a_scale(folder: Path) -> None:
    options = "-o", "mine.py", "--rest", "-85 mV", "--span", "0.1 V", "--V", "membrane.Vm"
    invoked("models", "import", path("mitchell_schaeffer_2003"), *options)
    p = models.load(folder / "mine.py").Parameters()
    assert (p.V_rest, p.span) == (-85.0, 100.0)
    (folder / "models").mkdir()
    invoked("models", "import", path("mitchell_schaeffer_2003"), "-o", "models")
    assert (folder / "models" / "mitchell_schaeffer_2003.py").is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere.cellml"], "nowhere.cellml: there is no such file"),
        (["notes.txt"], "notes.txt: a model file ends in .cellml or .mmt"),
        ([path("luo_rudy_1991"), "--V", "membrane.U"], "membrane.U is not in this file"),
        ([path("luo_rudy_1991"), "--rest", "-80 mV"], "membrane.V is in mV"),
        ([path("luo_rudy_1991"), "--span", "100"], '--span: needs a unit: write "100 mV"'),
        ([path("luo_rudy_1991"), "-o", "notes.txt"], "a model is a Python file - write -o notes.py"),
        ([path("luo_rudy_1991"), "-o", "there.py"], "there.py is there already"),
        ([path("luo_rudy_1991"), "-o", "nowhere/mine.py"], "there is no such folder"),
    ],
)
def test_bad_input_is_one_message_and_leaves_nothing(folder: Path, words: list[object], message: str) -> None:
    (folder / "notes.txt").write_text("")
    (folder / "there.py").write_text("")
    assert message in invoked("models", "import", *words, status=2)
    assert {file.name for file in folder.iterdir()} == {"notes.txt", "there.py"}


def test_a_tissue_of_imported_cells_conducts(folder: Path) -> None:
    invoked("models", "import", path("fenton_karma_1998_BR"), "-o", "cell.py")
    (folder / "cable.yaml").write_text(CABLE)
    V = cardiac.run(cardiac.load(folder / "cable.yaml"), folder / "cable.h5").probes["end"].V
    assert np.min(V) == pytest.approx(-85.0, abs=0.5)
    assert np.max(V) > 0.0
