"""cardiac: excitable cardiac tissue in two dimensions.

import cardiac as cc
config = cc.load("strip.yaml", set={"tissue.spacing": "0.05 mm"})
result = cc.run(config, out="strip.h5")
result.block["strip"].outcome, result.activation_time.max()
result.plot("activation_map").savefig("fig.png")
table = cc.sweep("width-conductance.yaml", jobs=2)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cardiac.config import Config, ConfigError, load, loads
    from cardiac.result import Result, ResultError
    from cardiac.runner import Interrupted, RunError, run
    from cardiac.sweeps import sweep
    from cardiac.table import SweepTable

__version__ = "0.1.0"
__all__ = [
    "Config",
    "ConfigError",
    "Interrupted",
    "Result",
    "ResultError",
    "RunError",
    "SweepTable",
    "load",
    "loads",
    "run",
    "sweep",
]

_HOMES = {
    "cardiac.config": ("Config", "ConfigError", "load", "loads"),
    "cardiac.runner": ("Interrupted", "RunError", "run"),
    "cardiac.result": ("Result", "ResultError"),
    "cardiac.sweeps": ("sweep",),
    "cardiac.table": ("SweepTable",),
}


def __getattr__(name: str) -> Any:
    """Public names are imported when they are first used: `import cardiac` itself is instant."""
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
