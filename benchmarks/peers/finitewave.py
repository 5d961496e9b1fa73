"""Adapter of finitewave (see `../jobs.py`): explicit Euler, second order in space, double precision."""

import json
import sys
import time

import finitewave as fw
import numpy as np

REQUIREMENTS = ["finitewave==0.9.3"]
# The class, a potential above threshold and the level of activation, in its own units.
MODELS = {
    "aliev_panfilov_1996": (fw.AlievPanfilov, 1.0, 0.5),
    "bueno_orovio_2008": (fw.BuenoOrovio, 1.0, 0.5),
    "fenton_karma_1998": (fw.FentonKarma, 1.0, 0.5),
    "luo_rudy_1991": (fw.LuoRudy91, 20.0, -30.0),
    "mitchell_schaeffer_2003": (fw.MitchellSchaeffer, 1.0, 0.5),
    "ten_tusscher_panfilov_2006": (fw.TenTusscherPanfilov2006, 20.0, -30.0),
}


def main() -> None:
    job = json.loads(sys.argv[1])
    Model, raised, level = MODELS[job["model"]]
    model = Model()
    nx, ny, dt = job["nx"], job["ny"], job["dt"]
    model.cardiac_tissue = fw.CardiacTissue([nx + 2, ny + 2])  # the outermost cells are its boundary
    model.dt, model.dr, model.D_model, model.prog_bar = dt, job["spacing"], job["diffusivity"], False
    model.stim_sequence = fw.StimSequence()
    model.stim_sequence.add_stim(fw.StimVoltageCoord(0, raised, 0, 1 + job["raised"], 0, ny + 2))
    warm = 20
    model.t_max = warm * dt
    model.run(num_of_threads=job["threads"])
    seen, clock, worked = [], 0.0, 0.0
    for done in range(0, job["steps"], job["every"]):
        model.t_max = (warm + min(done + job["every"], job["steps"])) * dt
        begun, spent = time.perf_counter(), time.process_time()
        model.run(initialize=False, num_of_threads=job["threads"])
        clock, worked = clock + time.perf_counter() - begun, worked + time.process_time() - spent
        seen.append((model.t, *(model.u[1 + j, ny // 2] for j in job["between"])))
    assert np.isfinite(model.u).all()
    print(json.dumps({"seconds": clock, "processors": worked / clock, "samples": seen, "level": level}))


if __name__ == "__main__":
    main()
