"""Best constants on the terminal and as JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from verify.experiments.constants.estimates import CellEstimate, Estimate, LimitEstimate
from verify.experiments.constants.grid import Sense, as_json
from verify.report.terminal import Console, show_line
from verify.report.words import count, number, plain

READING = (
    "At each cell the best c is the 5 %-quantile, the best C the 95 %-quantile, of quantity/law over data and labels (the chance is",
    "e^{−τ} where a statement has a τ).  It is enclosed between bounds for every fit and explicit fits; in brackets, its 95 % interval.",
)
INDENT = "    "


def constant_letter(estimate: Estimate) -> str:
    """c for a lower bound, C for an upper one."""
    return "c" if estimate.item.sense is Sense.LOWER else "C"


def interval(low: float, high: float) -> str:
    """Two ends, once when they are written alike.

    >>> interval(1.0, 1.00000001), interval(0.5, float("inf"))
    ('1', '0.5–∞')
    """
    return number(low) if number(low) == number(high) else f"{number(low)}–{number(high)}"


def show_constants(console: Console, estimates: Sequence[Estimate], seconds: float) -> None:
    """One paragraph an item: its range, its worst cell, a line a limit, and what they say."""
    for line in READING:
        show_line(console, (line, "dim"))
    for estimate in estimates:
        item, worst, letter = estimate.item, estimate.worst, constant_letter(estimate)
        show_line(console, "")
        show_line(console, (item.name, "bold"), f"  {item.statement}")
        show_line(console, INDENT, (f"{letter} = {interval(*estimate.range)} on this grid", "bold"), f", decided at {worst.sizes}: ",
                  cell_words(worst))
        for found in estimate.limits:
            show_line(console, INDENT, limit_words(estimate, found))
        show_line(console, INDENT, estimate.sentence)
        show_line(console, INDENT, (f"below: {item.below}; above: {item.above}", "dim"))
    show_line(console, "")
    draws = sum(cell.draws for estimate in estimates for cell in estimate.cells)
    show_line(console, (f"{count(len(estimates), 'open constant')} · {count(draws, 'draw')}", "bold"), f" · {seconds:.1f} s")


def cell_words(cell: CellEstimate) -> str:
    """The enclosure and the confidence interval of one cell."""
    return f"{interval(cell.low, cell.high)} [{number(cell.least)}, {number(cell.most)}]"


def limit_words(estimate: Estimate, found: LimitEstimate) -> str:
    """The cells of one limit in order."""
    at = {cell.sizes: cell for cell in estimate.cells}
    shown = "   ".join(f"{value}: {cell_words(at[sizes])}" for value, sizes in zip(found.limit.values(), found.limit.cells, strict=True))
    return f"{found.limit}   {shown}"


def constants_document(estimates: Sequence[Estimate], scale: str, seed: int, seconds: float) -> dict[str, Any]:
    """The object that `lawbook constants --json` prints; an end that is not finite is null."""
    return {"constants": [_document(estimate) for estimate in estimates], "reading": " ".join(READING), "scale": scale, "seed": seed,
            "seconds": seconds}


def _document(estimate: Estimate) -> dict[str, Any]:
    item = estimate.item
    low, high = estimate.range
    return {
        "id": item.id, "part": item.part or None, "statement": item.statement, "constant": constant_letter(estimate),
        "below": item.below, "above": item.above, "low": plain(low), "high": plain(high), "worst": as_json(estimate.worst.sizes),
        "cells": [_cell(cell) for cell in estimate.cells], "limits": [_limit(found) for found in estimate.limits],
        "sentence": estimate.sentence,
    }


def _cell(cell: CellEstimate) -> dict[str, Any]:
    ends = {name: plain(getattr(cell, name)) for name in ("low", "high", "least", "most")}
    return {"sizes": as_json(cell.sizes), "draws": cell.draws} | ends


def _limit(found: LimitEstimate) -> dict[str, Any]:
    slopes = {name: None if end is None else {"exponent": end.value, "error": end.error if math.isfinite(end.error) else None}
              for name, end in (("low", found.low), ("high", found.high))}
    return {"limit": str(found.limit), "parameter": found.limit.parameter, "values": found.limit.values(),
            "trend": found.trend.name.lower()} | slopes
