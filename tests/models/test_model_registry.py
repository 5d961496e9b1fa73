"""Finding models by name and by file, and what is said about a file that is not a model."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from cardiac import models

SOURCE = Path(str(models.__file__)).parent / "mitchell_schaeffer_2003.py"


@pytest.fixture
def written(tmp_path: Path):
    """Write a changed copy of a model: (old, new) -> path."""

    def write(old: str = "", new: str = "") -> Path:
        source = SOURCE.read_text()
        assert old in source
        path = tmp_path / "my_model.py"
        path.write_text(source.replace(old, new))
        return path

    return write


def test_the_folder_is_the_registry() -> None:
    files = {path.stem for path in SOURCE.parent.glob("*.py") if not path.stem.startswith("_")}
    assert models.names() == sorted(files)
    assert {"luo_rudy_1991", "mitchell_schaeffer_modified", "nagumo"} <= files


def test_listing_the_models_imports_no_numba() -> None:
    code = "import sys, cardiac.models as m; m.names(); sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_model_is_answered_with_the_nearest() -> None:
    with pytest.raises(models.ModelError, match='"luo_rudy_1992" - did you mean "luo_rudy_1991"'):
        models.load("luo_rudy_1992")


def test_a_model_in_a_file_is_the_same_model(written) -> None:
    model = models.load(written())
    original = models.load("mitchell_schaeffer_2003")
    assert model.name == "my_model"
    assert original.Parameters() == model.Parameters()
    args = (-20.0, model.State(), model.Parameters())
    assert tuple(original.currents(*args)) == tuple(model.currents(*args))


def test_a_file_is_loaded_once_until_it_is_edited(written) -> None:
    path = written()
    first, second = models.load(path), models.load(str(path))
    assert first.State is second.State
    edited = models.load(written("tau_in: ms = 0.3", "tau_in: ms = 0.4"))
    assert first.Parameters().tau_in == 0.3
    assert edited.Parameters().tau_in == 0.4


def test_records_of_a_file_can_be_pickled_from_process_to_process(written, tmp_path: Path) -> None:
    path = written()
    (tmp_path / "state").write_bytes(pickle.dumps(models.load(path).State(0.25)))
    code = f"""
import pickle
from pathlib import Path
from cardiac import models
model = models.load({str(path)!r})
state = pickle.loads(Path({str(tmp_path / "state")!r}).read_bytes())
assert type(state) is model.State and state.h == 0.25
"""
    subprocess.run([sys.executable, "-c", code], check=True)


EQUATIONS = "@inline\ndef currents"  # before which something can be added


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('DOI = "', 'DO = "', 'DOI is missing: .* - did you mean "DO"'),
        ("V_INITIAL = -79.99917958643389", 'V_INITIAL = "rest"', "V_INITIAL is 'rest', expected"),
        ("class State(", "class States(", 'State is missing: .* - did you mean "States"'),
        ("class Currents(NamedTuple)", "class Currents", "Currents is not a NamedTuple"),
        ("tau_in: ms = 0.3", "tau_in: float = 0.3", "Parameters.tau_in names no unit"),
        ("tau_in: ms = 0.3", "tau_in: ms", "Parameters.tau_in is None by default, expected a number"),
        ("def currents(V, s, p)", "def currents(V, p)", r"currents takes \(V, p\), expected \(V, s, p\)"),
        ("def rates(", "def rate(", 'rates is missing: .* - did you mean "rate"'),
        (EQUATIONS, f'VARIANTS = {{"fast": {{"tau_inn": 0.1}}}}\n{EQUATIONS}', 'tau_inn is not .*"tau_in"'),
        (EQUATIONS, f"Behaviour = State\n{EQUATIONS}", "parameters_from is missing"),
        (
            "p.tau_in",
            "p.tau_inn",
            r'py:\d+: currents fails: Parameters has no tau_inn - did you mean "tau_in"',
        ),
        ("I_in=", "I_inn=", r"py:\d+: currents fails: TypeError: Currents got an unexpected .*I_inn"),
        ("return State(", "return tuple(", r"py:\d+: rates fails"),
        ("tau_in: ms = 0.3", "tau_in: ms = 0.0", r"py:\d+: currents fails: ZeroDivisionError"),
        (EQUATIONS, f"def broken(:\n{EQUATIONS}", r"my_model.py:\d+: SyntaxError"),
        ("from typing import NamedTuple", "import no_such_thing", r"my_model.py:\d+: ModuleNotFoundError"),
    ],
)
def test_a_file_that_is_no_model_is_told_what_is_wrong(written, old: str, new: str, message: str) -> None:
    with pytest.raises(models.ModelError, match=message) as raised:
        models.load(written(old, new))
    assert "my_model.py" in str(raised.value)


def test_all_problems_of_a_file_are_reported_at_once(tmp_path: Path) -> None:
    path = tmp_path / "empty.py"
    path.write_text("")
    with pytest.raises(models.ModelError) as raised:
        models.load(path)
    missing = ("DOI", "SPECIES", "V_INITIAL", "State", "Parameters", "Currents", "currents", "rates")
    for name in ("docstring", *missing):
        assert name in str(raised.value)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(models.ModelError, match=r"nowhere\.py: there is no such file"):
        models.load("./nowhere.py")
