"""Small results that have everything a figure can show: a sheet, a cable, a cell, and every experiment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from quick_experiments import text

import cardiac
from cardiac import figures
from cardiac.config import loads
from cardiac.experiments import Column, load, names
from cardiac.result import Result
from cardiac.storage import Array, Writer

TITLE = "A planar wave meets a strip of tissue so strongly hyperpolarized that nothing comes out beyond it"
SENTENCE = (
    "BLOCKED at x = 9.5 mm: nothing beyond the strip was activated within 60 ms, the transit takes 8.1 ms."
)


def potential(time: float, activation: Array) -> Array:
    """An action potential of 20 ms [mV] that begins at `activation` [ms]; rest where that is NaN."""
    since = time - np.nan_to_num(activation, nan=1e9)
    return -85 + 105 / (1 + np.exp(-2 * np.clip(since, -50, 50))) / (1 + np.exp((since - 20) / 2))


def write(path: Path, shape: tuple[int, int]) -> None:
    """A wave along x at 0.5 mm/ms that does not pass a strip; a scar in a corner."""
    ny, nx = shape
    x, y = np.meshgrid(np.arange(nx) * 0.5 + 0.25, np.arange(ny) * 0.5 + 0.25)
    conducting = np.ones(shape, bool)
    if ny > 1:
        conducting[:4, :4] = False
    activation = np.where((x < 9.5) & conducting, 10 + x / 0.5, np.nan)
    times = np.arange(0, 60, 2.0)
    with Writer(path, title=TITLE) as out:
        out.coordinates(y=y[:, 0], x=x[0])
        out.series("V", "mV", long_name="membrane potential", precision=0.01)
        for time in times:
            out.append(time, {"V": np.where(conducting, potential(time, activation), np.nan)})
        out.field("activation_time", np.stack([activation, activation + 300]), "ms", "activation time")
        out.field("apd90", np.stack([20 + 0.1 * activation, 15 + 0.0 * activation]), "ms", "APD90")
        out.regions({"strip": (np.abs(x - 11) < 1.5) * 1.0, "all": np.ones(shape)}, conducting)
        for name, at in {"before": 5.0, "after": 15.0}.items():
            trace = potential(times, np.array(10 + at / 0.5 if at < 9.5 else np.nan))
            out.table(f"probes/{name}", {"time": (times, "ms"), "V": (trace, "mV")}, {"x": at, "y": 0.25})
        electrodes = {"near": (5.0, 0.25, 1.0), "pseudo-ECG": (30.0, -4.0, 20.0)}
        out.table(
            "electrograms",
            {
                "time": (times, "ms"),
                **{name: (np.sin(times / z), "mV") for name, (_, _, z) in electrodes.items()},
            },
            {
                f"{part} of {name}": (at[k], "mm")
                for name, at in electrodes.items()
                for k, part in enumerate("xyz")
            },
        )
        out.verdict("strip", {"outcome": "blocked", "sentence": SENTENCE})
        out.event(10.0, "2 ms", "stimulus")
        out.complete()


def write_cell(path: Path) -> None:
    times = np.arange(0, 60, 0.5)
    currents = {f"I_{i}": (-1.0) ** i * 3.0**i * np.exp(-(((times - 12) / 4) ** 2)) for i in range(10)}
    columns = {"time": (times, "ms"), "V": (potential(times, np.array(10.0)), "mV"), "m": (times / 60, "1")}
    with Writer(path, title="A cell") as out:
        out.coordinates(y=[0.05], x=[0.05])
        out.table("probes/cell", columns | {name: (values, "A/F") for name, values in currents.items()})
        out.event(10.0, "2 ms", "stimulus")
        out.event(40.0, "2 ms", "stimulus")
        out.complete()


def rows(cells: int, each: int, **columns: tuple[str, str]) -> dict[str, Column]:
    """A table with `each` rows a cell: the first column rises with them, in all are positive numbers."""
    number, row = np.repeat(np.arange(cells), each), np.tile(np.arange(each), cells)
    table = {"cell": Column(number, about="number of the cell")}
    for k, (name, (unit, about)) in enumerate(columns.items()):
        values = 0.5 * 30 ** (row / each) if k == 0 and each > 1 else 4.0 + (k + 1) * (1 + number) / (1 + row)
        table[name] = Column(values, unit, about)
    return table


MS, MV, CURRENT = ("ms", "of the pulse"), ("mV", "holding potential"), ("A/F", "threshold current")
REST = ("mV", "after 10 s without stimulus")


def tables(experiment: str, cells: int) -> dict[str, dict[str, Column]]:
    """The tables that the figure of an experiment shows, in the words of that experiment."""
    beats = rows(cells, 5, beat=("1", "number"), APD90=MS, V_peak=MV, V_rest=REST)
    resistance = ("kOhm uF", "input resistance")
    found = {
        "action_potential": {"action_potential": beats},
        "current_voltage": {
            "current_voltage": rows(cells, 40, V=MV, I=CURRENT, I_Na=CURRENT, I_K1=CURRENT),
            "roots": rows(cells, 1, V=MV, stable=("1", "whether V returns to it")),
        },
        "recovery_from_inactivation": {
            "recovery": rows(cells, 1, V_rest=REST, V_half=("mV", "where half is available")),
            "steady": rows(cells, 30, V=MV, availability=("1", "after long")),
            "two_pulse": rows(cells, 9, interval=MS, V=MV, availability=("1", "after it")),
        },
        "refractory": {"refractory": rows(cells, 1, ARP=MS, RRP_end=MS, ERP=MS, APD90=("ms", "of S1"))},
        "rest": {
            "rest": rows(cells, 1, V_rest=REST, R_in=resistance, **{"lambda": ("mm", "space constant")})
        },
        "restitution": {
            "restitution": rows(cells, 1, slope_S1S2=("1", "greatest slope after S1-S2")),
            "S1S2": rows(cells, 8, DI=("ms", "diastolic interval"), APD90=MS),
            "dynamic": rows(cells, 9, DI=("ms", "diastolic interval"), APD90=MS),
        },
        "shift_and_shunt": {"shift_and_shunt": rows(cells, 1, V_rest=REST, shifted=CURRENT, current=CURRENT)},
        "strength_duration": {
            "strength_duration": rows(
                cells, 4, duration=MS, current=CURRENT, charge=("mV", "threshold charge")
            ),
            "fits": rows(cells, 1, rheobase_lapicque_blair=("A/F", "rheobase by Lapicque-Blair")),
        },
        "threshold": {
            "threshold": rows(
                cells,
                1,
                V_rest=REST,
                current=CURRENT,
                V_threshold=("mV", "potential at the end of the threshold pulse"),
            )
        },
    }
    found["dose_response"] = found["rest"]
    return found[experiment]


def write_experiment(path: Path, experiment: str, doses: int) -> None:
    """An experiment on one cell, or on one at each of several doses."""
    with Writer(path, title=f"What becomes of a cell that is asked for its {experiment}") as out:
        out.coordinates(y=[0.05], x=[0.05])
        for name, table in tables(experiment, max(doses, 1)).items():
            dose = Column(-95.0 + 5 * table["cell"].values, "mV", "reversal of potassium_conductance")
            one = Column(np.zeros_like(dose.values), about="number of the cell")
            out.rows(name, table | {"dose": dose, "cell": one} if doses else table)
        sentence = "From -95 to -75 mV reversal of potassium_conductance: V_rest from none to -80.3 mV, "
        out.outcome(experiment, [sentence + "rheobase_lapicque_blair from 1.6 to 2.5 A/F.", "A second cell."])
        out.complete()


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    folder = tmp_path_factory.mktemp("figures")
    write(folder / "sheet.h5", (16, 40))
    write(folder / "column.h5", (40, 24))
    write(folder / "cable.h5", (1, 40))
    write_cell(folder / "cell.h5")
    for name in names():
        if "cell" not in load(name).of:
            if name in figures.names():
                cardiac.run(loads(text(name)), out=folder / f"{name}.h5")
            continue
        always = name in ("dose_response", "shift_and_shunt")
        write_experiment(folder / f"{name}.h5", name, doses=2 if always else 0)
        write_experiment(folder / f"{name}-dosed.h5", name, doses=15)
    with Writer(folder / "bare.h5", title="Nothing recorded") as out:
        out.coordinates(y=np.arange(5) + 0.5, x=np.arange(5) + 0.5)
        out.complete()
    return {path.stem: Result.open(path) for path in folder.glob("*.h5")}
