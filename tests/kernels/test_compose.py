"""Compiled kernels are found again by another process, and never taken for one another."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cardiac.kernels import compose, exp
from cardiac.kernels.compose import bind, fingerprint

SOURCE = """
def template(x):
    '''A template.'''
    return part(x) + LEVEL  # the rest
"""


def written(source: str, **names: Any) -> Any:
    """The function that `source` defines last, among these global names."""
    scope = {"__name__": __name__, **names}
    exec(source, scope)
    return [value for value in scope.values() if callable(value)][-1]


def doubled(x: float) -> float:
    """A part that relies on nothing."""
    return 2.0 * x


def nested(helper: Callable[[float], float]) -> Any:
    """A part that relies on a helper."""
    return written("def part(x): return helper(x) * 2.0", helper=helper)


def of(part: Any = doubled, source: str = SOURCE, level: Any = 1.0) -> str:
    """The fingerprint of a composition."""
    return fingerprint(bind(written(source, part=None, LEVEL=None), part=part, LEVEL=level))


def test_the_same_composition_has_the_same_fingerprint() -> None:
    assert of() == of()
    assert of(nested(doubled)) == of(nested(written("def doubled(x): return 2.0 * x")))


@pytest.mark.parametrize(
    "source",
    [
        SOURCE.replace("the rest", "another comment"),
        SOURCE.replace("A template", "Another docstring"),
        "\n\n# moved\n" + SOURCE,
    ],
)
def test_words_do_not_matter(source: str) -> None:
    assert of() == of(source=source)


@pytest.mark.parametrize(
    "other",
    [
        {"source": SOURCE.replace("+", "-")},
        {"source": SOURCE.replace("part(x)", "part(x + 1.0)")},
        {"level": 2.0},
        {"level": 1},
        {"part": written("def doubled(x): return 3.0 * x")},
        {"part": exp},
        {"part": nested(doubled)},
    ],
)
def test_any_ingredient_matters(other: dict[str, Any]) -> None:
    assert of() != of(**other)


def test_a_helper_of_a_helper_matters() -> None:
    changed = written("def doubled(x): return x + x")
    assert of(nested(nested(doubled))) != of(nested(nested(changed)))


def test_the_fields_of_a_record_matter() -> None:
    record = "from typing import NamedTuple\nclass Record(NamedTuple):\n    a: float = 1.0\n"
    part = "\ndef part(x): return Record(x).a"
    assert of(written(record + part)) != of(written(record + "    b: float = 1.0\n" + part))


def test_code_that_writes_code_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    before = of()
    monkeypatch.setattr(compose, "_overloads", lambda: "another module")
    assert before != of()


def test_only_names_that_a_template_uses_can_be_bound() -> None:
    with pytest.raises(TypeError, match="template does not use LEVLE"):
        bind(written(SOURCE), LEVLE=1.0)


PROGRAM = """
import sys
import numpy as np
from cardiac import models
from cardiac.kernels.tabulation import make_tabulate

model = models.load(sys.argv[1])
kernel = make_tabulate(model, ())
out = np.empty((1, len(model.Currents._fields)))
nothing = np.zeros((1, 1))
kernel(np.full(1, 20.0), np.array([model.State()]), model.Parameters(), (0.0,), nothing, out, nothing)
expected = model.currents(20.0, model.State(), model.Parameters())
print(np.allclose(expected, out[0], rtol=1e-12), sum(kernel.stats.cache_hits.values()))
"""


def test_another_process_finds_the_kernel_and_another_composition_is_another_kernel(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "NUMBA_CACHE_DIR": str(tmp_path)}

    def run(model: str) -> tuple[str, set[str]]:
        command = [sys.executable, "-c", PROGRAM, model]
        found = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        return found.stdout.strip(), {file.name for file in tmp_path.rglob("*.nb*")}

    said, files = run("mitchell_schaeffer_2003")
    assert said == "True 0"
    assert run("mitchell_schaeffer_2003") == ("True 1", files)
    said, more = run("mitchell_schaeffer_modified")
    assert said == "True 0"
    assert files < more
