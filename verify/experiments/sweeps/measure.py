"""What is measured of a trained network, by the engines that measure any network: a row of plain numbers a cell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context
from typing import Any

import numpy as np

from theory.errors import LawbookError
from theory.registry import claims
from verify.experiments.sweeps.cells import Cell
from verify.experiments.sweeps.training import train
from verify.fits.kinks.fit import FitBudget, fit_kinks
from verify.fits.lower_bounds import bounds
from verify.fits.training import NotFitted, repaired
from verify.lipschitz.of_network import network_enclosure
from verify.objects.data.dataset import Dataset
from verify.objects.data.models import DATA_MODELS, gaussian
from verify.objects.domains import GLOBAL, Budget, Domain, hull
from verify.objects.networks import Network
from verify.trials.audit import audit

Row = dict[str, Any]
DIGITS = 4              # of a table: training in single precision leaves no more
LAWS = ("mcshane.floor", "bln.r0", "bln.r1", "bln.thm5.sliced", "bln.thm6.trace", "bln.thm6.fantope")
_UNTIMED = 1e9          # seconds: the nodes end the work, not the clock


def measured(cells: Sequence[Cell]) -> list[Row]:
    """The rows of cells of one shape: the parameters of the cell and what was found, or in `failure` why nothing was.

    `gradient` is the maximum random gradient, max_j ‖∇f(z_j)‖ over `points` fresh z_j ~ N(0, I/d); `lower` ≤ Lip(f) ≤ `upper` on R^d.
    With `laws` the network is repaired to an exact fit of the labels by steps of least norm, `fit_lower` ≤ Lip ≤ `fit_upper` is its
    constant, `floor` and `mcshane` are certified lower bounds for every fit of that width and for every function, and `margin ID` is
    log(rhs/lhs) of a law.  With `atlas` `least_lower` ≤ L_k ≤ `least_upper` encloses the least constant of any fit with k kinks on the hull
    of the data, and `hull_lower` ≤ Lip ≤ `hull_upper` that of the repaired network there.  Numbers are rounded to `DIGITS` digits,
    lower bounds down and upper ones up.
    Raises: BadData (JAX is not installed).
    """
    data = [dataset(cell) for cell in cells]
    rows = []
    try:
        found = train(cells, data)
    except (RuntimeError, MemoryError) as error:        # of JAX: the device has no memory left
        failure = f"training failed: {str(error).partition(chr(10))[0]}"
        return [{"key": cell.key, **asdict(cell), "failure": failure} for cell in cells]
    for cell, points, trained in zip(cells, data, found, strict=True):
        row: Row = {"key": cell.key, **asdict(cell), "epochs_run": trained.epochs, "failure": ""}
        try:
            if trained.network is None:
                row["failure"] = "training diverged"
            else:
                row |= {name: _rounded(name, value) for name, value in _measures(cell, points, trained.network).items()}
        except (LawbookError, ArithmeticError, np.linalg.LinAlgError) as error:     # a cell that fails must not hide the others
            row["failure"] = str(error)
        rows.append(row)
    return rows


def dataset(cell: Cell) -> Dataset:
    """The data of a cell: points of its model, labels sign(x_1), each flipped with its chance."""
    rng = next(cell.streams())
    X = DATA_MODELS[cell.data](cell.n, cell.d, rng)
    return Dataset(X, np.where(X[:, 0] > 0, 1.0, -1.0) * np.where(rng.random(cell.n) < cell.flips, -1.0, 1.0), cell.key)


def _measures(cell: Cell, data: Dataset, network: Network) -> Row:
    values = network(data.X)
    loss, right = float(np.mean((values - data.y) ** 2)), float(np.mean(values * data.y > 0))
    *_, rng = cell.streams()
    gradients = network.gradient(gaussian(cell.points, cell.d, rng))
    row: Row = {"loss": loss, "right": right, "memorises": right == 1.0 and loss <= cell.epsilon,
                "gradient": float(np.linalg.norm(gradients, axis=1).max())}
    if cell.enclose:
        row |= _enclosed(network, GLOBAL, cell.enclose, "")
    if cell.laws or cell.atlas:
        exact = repaired(network, data)
        if isinstance(exact, NotFitted):
            return {**row, "failure": f"no exact fit near the trained network; the repair ends at residual {exact.residual:.2g}"}
        row |= _laws(cell, data, exact) if cell.laws else {}
        row |= _atlas(cell, data, exact) if cell.atlas else {}
    return row


def _enclosed(network: Network, domain: Domain, nodes: int, prefix: str) -> Row:
    found = network_enclosure(network, domain, Budget(seconds=_UNTIMED, nodes=nodes))
    return {f"{prefix}lower": found.lower, f"{prefix}upper": found.upper}


def _laws(cell: Cell, data: Dataset, exact: Network) -> Row:
    report = bounds(data.X, data.y, cell.k)
    row = {"floor": float(report.best.value), "mcshane": float(report["mcshane"].value)}
    row |= _enclosed(exact, GLOBAL, cell.enclose or 1, "fit_")
    library = claims()
    for entry in audit(exact, data, [library[id] for id in LAWS]).entries:
        if entry.check is not None and entry.check.margin is not None:
            row[f"margin {entry.claim.id}"] = entry.check.margin
    return row


def _atlas(cell: Cell, data: Dataset, exact: Network) -> Row:
    least = fit_kinks(data.X, data.y, cell.k, affine=False, budget=FitBudget(seconds=_UNTIMED, nodes=cell.atlas))
    row = {} if least.lower is None else {"least_lower": float(least.lower)}
    row |= {} if least.upper is None else {"least_upper": float(least.upper)}
    return row | _enclosed(exact, hull(data.X), max(cell.enclose, 1), "hull_")


def _rounded(name: str, value: Any) -> Any:
    if not isinstance(value, float):
        return value
    down, up = name.endswith("lower") or name in ("floor", "mcshane"), name.endswith("upper")
    towards = ROUND_FLOOR if down else ROUND_CEILING if up else ROUND_HALF_EVEN
    # the double next to a decimal on one side of a double is on that side of it too
    return float(Context(prec=DIGITS, rounding=towards).create_decimal_from_float(value)) if math.isfinite(value) else None
