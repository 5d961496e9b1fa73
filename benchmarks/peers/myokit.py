"""Adapter of Myokit's SimulationOpenCL on the CPU (see `../jobs.py`): explicit Euler with Rush-Larsen's gates, second
order in space, single precision; cells are published CellML files, by its importer.

It compiles a module when it runs, with a C compiler and Python's headers; all of OpenCL comes with the packages.
"""

import ctypes
import json
import os
import sys
import sysconfig
import time
from pathlib import Path

import numpy as np

os.environ["HOME"] = sys.prefix  # where it keeps its settings: it shall read no others

import myokit

REQUIREMENTS = [
    "myokit==1.39.2",
    "nvidia-cuda-opencl-cu12==12.9.19",  # for OpenCL's headers alone
    "intel-cmplr-lib-rt==2026.2.0",
    "intel-opencl-rt==2026.2.0",  # the loader and a runtime for CPUs, much faster here than PoCL's package
]
FILES = Path(__file__).parents[2] / "tests" / "data" / "models"
# The file, its potential and stimulus, a potential above threshold and the level of activation, in its own units. Of
# the human ventricle: an endocardial cell (ten Tusscher and Panfilov), an epicardial one (Bueno-Orovio).
MODELS = {
    "bueno_orovio_2008": ("bueno_2007", "membrane.u", "membrane.J_stim", 1.0, 0.5),
    "fenton_karma_1998": ("fenton_karma_1998_BR", "membrane.u", "stimulus_protocol.Istim", 1.0, 0.5),
    "luo_rudy_1991": ("luo_rudy_1991", "membrane.V", "membrane.I_stim", 20.0, -30.0),
    "mitchell_schaeffer_2003": ("mitchell_schaeffer_2003", "membrane.Vm", "J_stim.J_stim", 1.0, 0.5),
    "ten_tusscher_panfilov_2006": ("ten_tusscher_2006_endo", "membrane.V", "membrane.i_Stim", 20.0, -30.0),
}
REWRITTEN = {  # the same, where a file writes a tanh such that single precision overflows
    "bueno_2007": {
        "slow_inward_current_w_gate.tau_w_minus": "tau_w2_minus - (tau_w2_minus - tau_w1_minus)"
        " / (exp(2 * k_w_minus * (membrane.u - u_w_minus)) + 1)"
    }
}


class Clock(list):
    """A log of the model's time that notes when it was written."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[float] = []

    def append(self, t: float) -> None:
        self.seen.append(time.perf_counter())
        super().append(t)


def set_opencl(threads: int) -> None:
    """The runtime of this environment and no other, on so many threads."""
    runtime = Path(sys.prefix) / "lib"
    os.environ["OCL_ICD_VENDORS"] = os.devnull
    os.environ["OCL_ICD_FILENAMES"] = str(runtime / "libintelocl.so")
    os.environ["CL_CONFIG_CPU_TBB_NUM_WORKERS"] = str(threads)
    ctypes.CDLL(str(runtime / "libintelocl.so"))  # finds libraries that the loader needs and would not find
    myokit.OPENCL_LIB[:] = [runtime]
    myokit.OPENCL_INC[:] = [Path(sysconfig.get_path("purelib")) / "nvidia" / "cuda_opencl" / "include"]


def load(file: str, potential: str, stimulus: str):
    """The model without its stimulus and with a current to its neighbours, and its potential."""
    model = myokit.formats.importer("cellml").model(str(FILES / f"{file}.cellml"))
    for name, value in {stimulus: 0, **REWRITTEN.get(file, {})}.items():
        model.get(name).set_rhs(value)
    V = model.get(potential)
    V.set_label("membrane_potential")
    outward = V.parent().add_variable("diffusion_current", rhs=0)
    outward.set_binding("diffusion_current")
    V.set_rhs(myokit.Minus(V.rhs(), myokit.Name(outward)))  # in V per ms: its conductance is D / spacing^2
    model.resolve_interdependent_components()
    return model, V


def main() -> None:
    job = json.loads(sys.argv[1])
    if job["model"] not in MODELS:
        sys.exit(f"no CellML file of {job['model']}")
    nx, ny, every = job["nx"], job["ny"], job["every"]
    set_opencl(job["threads"])
    *named, raised, level = MODELS[job["model"]]
    model, V = load(*named)
    try:
        sheet = myokit.SimulationOpenCL(model, ncells=(nx, ny), precision=myokit.SINGLE_PRECISION, rl=True)
    except myokit.CompilationError:
        sys.exit("its module does not compile: are a C compiler and Python.h there?")
    dt = float(np.float32(job["dt"]))  # its multiples are exact: no tiny steps towards the times of the log
    sheet.set_step_size(dt)
    sheet.set_conductance(*[job["diffusivity"] / job["spacing"] ** 2] * 2)
    rest = model.initial_values(as_floats=True)
    above = [raised if state is V else value for state, value in zip(model.states(), rest, strict=True)]
    sheet.set_state((above * job["raised"] + rest * (nx - job["raised"])) * ny)
    clock = Clock()
    # One at least: to read it is to wait for the steps before it.
    probes = {f"{j}.{ny // 2}.{V.qname()}": [] for j in job["between"] or [0]}
    warm, counted = -(-20 // every), -(-job["steps"] // every)
    duration = ((warm + counted) * every + 1) * dt  # its last moment is not logged
    log = {model.time().qname(): clock, **probes}
    sheet.run(duration, log=log, log_interval=every * dt, report_nan=False)
    assert np.isfinite(sheet.state()).all(), "the state is not finite"
    seconds = (clock.seen[-1] - clock.seen[warm]) * job["steps"] / (counted * every)
    seen = list(zip(clock, *probes.values(), strict=True))
    print(json.dumps({"seconds": seconds, "samples": seen, "level": level}))


if __name__ == "__main__":
    main()
