"""Answers: on which side of a boundary a case lies."""

from __future__ import annotations

import math

from cardiac.sweeps.axes import Amount, amount
from cardiac.sweeps.records import Record

PASSED = "conducted"  # late or not
UNANSWERED = ("undecided", "not reached")


def answer(record: Record, path: str, level: Amount | None) -> str | None:
    """What a case says: of a verdict, whether the wave passed; of a number, its side of the level; None: nothing."""
    if not record.done:
        return None
    value = record.values[path].value
    if isinstance(value, str):
        return None if value in UNANSWERED else PASSED if value == "delayed" else value
    if math.isnan(value):
        return "undefined"
    if level is None:
        return "defined"
    return "above" if value >= level.number else "below"


def why(record: Record, path: str) -> str:
    """Why a case says nothing."""
    return record.message.splitlines()[0] if not record.done else str(record.values[path].value)


def mismatch(level: Amount, unit: str) -> str:
    """Why a level cannot be compared with what has a unit; empty if it can."""
    found = amount(f"1 {unit}") if unit else Amount(1.0, "")
    same = found is not None and found.unit == level.unit
    return "" if same else f"is {level}, the values are in {unit or 'no unit'}"
