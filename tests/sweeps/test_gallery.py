"""The sweeps that come with the program: each is valid, and the phase diagram of block is what theory has."""

import json
from pathlib import Path

import numpy as np
import pytest

import cardiac
from cardiac.config.document import Document
from cardiac.sweeps import plan

FOLDER = Path(__file__).parents[2] / "configs" / "sweeps"
SWEEPS = [path for path in sorted(FOLDER.glob("*.yaml")) if "\nbase:" in path.read_text()]
DIAGRAM = FOLDER / "block_phase_diagram.yaml"


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_a_sweep_is_valid(path):
    swept = plan.load(path)
    assert swept.cases()
    assert swept.keys.title
    assert swept.keys.about
    assert swept.keys.reference
    assert swept.base.config.warnings == ()


def of_one_medium(model, widths, tolerance, jobs=2):
    """The phase diagram of one medium, at some widths [mm]."""
    swept = Document(DIAGRAM.read_text(), DIAGRAM.name).data
    swept["base"] = str(FOLDER / swept["base"])
    swept["sweep"]["model"]["values"] = [model]
    swept["sweep"]["width"]["values"] = [f"{width} mm" for width in widths]
    swept["find"]["tolerance"] = f"{tolerance} %"
    Path("diagram.yaml").write_text(json.dumps(swept))
    return cardiac.sweep("diagram.yaml", jobs=jobs)


def test_the_cubic_medium_is_blocked_as_theory_has_it(tmp_path, monkeypatch):
    """Waited for 20 transits, which are 100 ms here, the slowest waves count as blocked: up to 3 % below."""
    monkeypatch.chdir(tmp_path)
    table = of_one_medium(["nagumo", "300 ms", 20], [1], 2, jobs=1)
    assert -0.03 < float(table["boundary"][0, 0] / table["exact"][0, 0]) - 1.0 < 0.01
    assert "in theory 0.4609 mS/uF" in table.summary()


WIDTHS = [0.3, 0.5, 1, 2, 5, 10]
OPEN = {"name": "mitchell_schaeffer_modified", "parameters": {"tau_close": "15000 ms"}}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "below"),
    [(["nagumo", "3000 ms", 60], 0.02), ([OPEN, "3000 ms", 60], 0.03)],
    ids=["cubic", "gate held open"],
)
def test_cubic_media_are_blocked_as_theory_has_it(model, below, tmp_path, monkeypatch):
    """The bracket is 1 % wide, three cells are not quite 0.3 mm of tissue, and the slowest waves count as blocked."""
    monkeypatch.chdir(tmp_path)
    table = of_one_medium(model, WIDTHS, 1)
    off = table["boundary"][0] / table["exact"][0] - 1.0
    assert (off < 0.03).all()
    assert (off[1:] < 0.01).all()
    assert (off > -below).all()
    assert np.isfinite(table["exact"]).all()
