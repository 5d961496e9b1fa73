"""Compiled kernels are found again by another process, and never taken for one another."""

import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import njit
from numba.extending import intrinsic

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


def enclosed(value: Any) -> Any:
    """A part that relies on a variable of the function that made it."""
    return lambda x: x * value


@intrinsic  # type: ignore[untyped-decorator]
def twice(typing_context: Any, x: Any) -> Any:
    """A part that writes machine code."""
    return x(x), lambda context, builder, signature, values: builder.fadd(values[0], values[0])


@intrinsic  # type: ignore[untyped-decorator]
def squared(typing_context: Any, x: Any) -> Any:
    """Another one."""
    return x(x), lambda context, builder, signature, values: builder.fmul(values[0], values[0])


def using(a: Any, source: str = "def part(x): return a * x") -> Any:
    """A part that relies on a global `a`."""
    return written(source, a=a)


def constants(**values: Any) -> Any:
    """A class with these attributes."""
    return type("Constants", (), values)


FIRST, READ, CALLED = (f"def part(x): return {a} * x" for a in ("a[0]", "a.factor", "a(x)"))
ONES = np.ones(2)


@pytest.mark.parametrize(
    ("part", "other"),
    [
        (using(0, "def part(x, k=2.0): return k * x"), using(0, "def part(x, k=3.0): return k * x")),
        (using(0, "def part(x, *, k=2.0): return k * x"), using(0, "def part(x, *, k=3.0): return k * x")),
        (enclosed(2.0), enclosed(3.0)),
        (using(ONES, FIRST), using(2.0 * ONES, FIRST)),
        (using(ONES, FIRST), using(ONES[None], FIRST)),
        (using(0.0 * ONES, FIRST), using(np.zeros(2, np.int64), FIRST)),
        (using((ONES, 1.0), FIRST), using((2.0 * ONES, 1.0), FIRST)),
        (using(constants(factor=2.0), READ), using(constants(factor=3.0), READ)),
        (using(2.0j), using(3.0j)),
        (using(twice, CALLED), using(squared, CALLED)),
        (using(math.sin, CALLED), using(math.cos, CALLED)),
        (using(np.sin, CALLED), using(np.cos, CALLED)),
        (using(njit(doubled), CALLED), using(njit(parallel=True)(doubled), CALLED)),
    ],
)
def test_whatever_a_part_relies_on_matters(part: Any, other: Any) -> None:
    assert of(part) == of(part)
    assert of(part) != of(other)


def test_where_a_part_stands_matters() -> None:
    """Two functions that stand in three places."""
    halved = written("def halved(x): return 0.5 * x")
    sum_of_three = "def total(x): return a(x) + b(x) + c(x)"
    orders = [(doubled, halved, doubled), (doubled, halved, halved), (doubled, doubled, halved)]
    assert len({fingerprint(written(sum_of_three, a=a, b=b, c=c)) for a, b, c in orders}) == 3


def test_options_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(doubled)
    for options in (compose.OPTIONS, compose.ANY_ORDER, compose.LOOP):
        with monkeypatch.context() as patch:
            patch.setitem(options, "error_model", "python")
            assert fingerprint(doubled) != before


def test_what_cannot_be_told_from_others_is_refused_unless_a_field_of_that_name_is_meant() -> None:
    with pytest.raises(TypeError, match="a in part is a dict"):
        fingerprint(using({"factor": 2.0}))
    field = using({"factor": 2.0}, "def part(x): return x.a")
    assert len(fingerprint(field)) == 20


def test_a_helper_of_a_helper_matters() -> None:
    changed = written("def doubled(x): return x + x")
    assert of(nested(nested(doubled))) != of(nested(nested(changed)))


def test_the_fields_of_a_record_matter() -> None:
    record = "from typing import NamedTuple\nclass Record(NamedTuple):\n    a: float = 1.0\n"
    part = "\ndef part(x): return Record(x).a"
    assert of(written(record + part)) != of(written(record + "    b: float = 1.0\n" + part))


def test_code_that_writes_code_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    before = of()
    monkeypatch.setattr(compose, "_makers", lambda: ("another module",))
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
