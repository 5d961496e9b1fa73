"""Adapter of finitewave: warm node-updates per second of a travelling plane wave. Prints one JSON line.

python finitewave.py MODEL CELLS STEPS THREADS
"""

import json
import sys
import time

import finitewave as fw
import numpy as np

REQUIREMENT = "finitewave==0.9.3"
MODELS = {
    "ten_tusscher_panfilov_2006": (fw.TenTusscherPanfilov2006, 20.0),
    "luo_rudy_1991": (fw.LuoRudy91, 20.0),
    "mitchell_schaeffer_2003": (fw.MitchellSchaeffer, 1.0),
}


def main() -> None:
    name, cells, steps, threads = sys.argv[1], *(int(a) for a in sys.argv[2:5])
    Model, level = MODELS[name]
    model = Model()
    model.cardiac_tissue = fw.CardiacTissue([cells, cells])
    model.dt, model.dr, model.prog_bar = 0.01, 0.25, False
    model.stim_sequence = fw.StimSequence()
    model.stim_sequence.add_stim(fw.StimVoltageCoord(0, level, 0, 5, 0, cells))
    model.t_max = 20 * model.dt  # compiles, and lets the wave set off
    model.run(num_of_threads=threads)
    model.t_max += steps * model.dt
    begun = time.perf_counter()
    model.run(initialize=False, num_of_threads=threads)
    seconds = time.perf_counter() - begun
    assert np.isfinite(model.u).all()
    print(json.dumps({"updates_per_s": cells * cells * steps / seconds}))


if __name__ == "__main__":
    main()
