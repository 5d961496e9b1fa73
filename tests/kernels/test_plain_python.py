"""Kernels are ordinary Python: without a compiler they do the same."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tiny_sheets import MIXED, results

from cardiac import models


@pytest.mark.parametrize("name", [*models.names(), MIXED])
def test_a_run_in_plain_python_equals_the_compiled_one(name: str, tmp_path: Path) -> None:
    file = tmp_path / "plain.npz"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "NUMBA_DISABLE_JIT": "1"}
    subprocess.run(
        [sys.executable, str(Path(__file__).with_name("tiny_sheets.py")), name, str(file)],
        check=True,
        env=environment,
    )
    plain, compiled = np.load(file), results(name)
    assert set(plain) == set(compiled)
    for variable, values in compiled.items():
        # Fused multiply-adds round once where Python rounds twice.
        np.testing.assert_allclose(plain[variable], values, rtol=1e-12, atol=1e-14, err_msg=variable)
