"""Imports go one way, and what is heavy is imported when it is needed."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import cardiac

PACKAGE = Path(cardiac.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

# Each may import what comes after it.
ORDER = [
    *("__main__", "cli", "importing", "report", "exports", "sweeps", "runner", "assembly", "experiments"),
    *("preparation", "cell", "simulation", "config", "recorders", "measures", "figures", "table", "result"),
    *("findings", "storage", "analysis", "mechanisms", "protocol", "models", "registry", "tissue", "kernels"),
    *("references", "typesetting", "units", "citations", "differences", "spelling"),
]
# Result.plot and SweepTable.plot, Result.report and SweepTable.report; the options of experiments.
BACKWARDS = {
    *(("result", "figures"), ("table", "figures"), ("result", "report"), ("table", "report")),
    ("config", "experiments"),
}
HEAVY = {
    *("jinja2", "numba", "numpy", "h5py", "matplotlib", "scipy", "pydantic", "ruamel", "xarray", "myokit"),
    *("PIL", "imageio_ffmpeg"),
}


def imported(file):
    """The dotted names that a file imports when it runs."""
    nodes = [ast.parse(file.read_text())]
    for node in nodes:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        nodes += ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part(file):
    """The part of the package to which a file belongs."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def parts_imported(file):
    names = (name.split(".") for name in imported(file))
    found = {words[1] for words in names if words[0] == "cardiac"}
    return found - set(dir(cardiac))  # names such as __version__


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_go_one_way(file):
    own = part(file)
    if own == "__init__":
        return  # public names, from everywhere
    assert own in ORDER, "give it its place in ORDER"
    later = {own, *ORDER[ORDER.index(own) + 1 :]}
    assert {name for name in parts_imported(file) - later if (own, name) not in BACKWARDS} == set()


@pytest.mark.parametrize(
    ("own", "allowed"),
    [("kernels", {"kernels", "units"}), ("analysis", {"analysis", "units"}), ("tissue", {"tissue", "units"}),
     ("findings", {"findings", "storage", "analysis", "tissue", "units"}),
     ("figures", {"figures", "result", "table", "storage", "tissue", "registry", "units", "spelling",
                  "typesetting"}),
     ("protocol", {"protocol", "units"}),
     ("simulation", {"simulation", "tissue", "models", "mechanisms", "protocol", "kernels"}),
     ("cell", {"cell", "simulation", "tissue", "models", "mechanisms", "protocol", "kernels"}),
     ("recorders", {"recorders", "measures", "analysis", "kernels", "registry", "references", "units"}),
     ("measures", {"measures", "analysis", "registry", "references", "units"})],
)  # fmt: skip
def test_a_part_knows_nothing_of_the_others(own, allowed):
    assert set().union(*(parts_imported(file) for file in FILES if part(file) == own)) <= allowed


def test_only_figures_draw_and_never_with_pyplot():
    reader = "matplotlib.image.imread"  # shapes may be read from a picture
    drawing = {file: {n for n in imported(file) if n.startswith("matplotlib")} - {reader} for file in FILES}
    assert {part(file) for file, names in drawing.items() if names} == {"figures"}
    assert not any("pyplot" in name for names in drawing.values() for name in names)


@pytest.mark.parametrize(
    "program",
    ["import cardiac", "from cardiac.cli.app import app\napp(['--help'], standalone_mode=False)"],
    ids=["import cardiac", "cardiac --help"],
)
def test_nothing_heavy_is_imported_before_it_is_needed(program):
    report = f"import sys\n{program}\nprint(*{{name.split('.')[0] for name in sys.modules}}, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stderr.split()) == set()
