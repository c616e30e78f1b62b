"""The experiments by name: what is drawn against what, beside the paper's own points, and which sentences are put to the test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from theory.errors import BadData
from verify.experiments.paper.statistics import FEWEST, SAMPLE, Fit, Interval, Word, exponents, fit, interval
from verify.experiments.sweeps.cells import Cell, read_grid
from verify.experiments.sweeps.measure import Row

Array = NDArray[np.float64]
HERE = Path(__file__).parent
SCALES = ("small", "paper")
_SEEN = ("seed", "key")


@dataclass(frozen=True)
class Series:
    """Points of one kind: the paper's or ours; `low` and `high` are ends of intervals about y, where there are any."""

    label: str
    x: Array
    y: Array
    theirs: bool = False
    low: Array | None = None
    high: Array | None = None


@dataclass(frozen=True)
class Tested:
    """A sentence of the paper on a set of points: whether they agree, None where they cannot tell; `fit` is what decides."""

    sentence: str
    word: Word
    series: str
    fit: Fit | None

    @property
    def agrees(self) -> bool | None:
        """Computed from the points."""
        return None if self.fit is None else self.fit.agrees(self.word)


@dataclass(frozen=True)
class Findings:
    """What an experiment shows: the points, the paper's sentences put to the test, and what we say of them, with intervals."""

    series: tuple[Series, ...]
    tested: tuple[Tested, ...] = ()
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Experiment:
    """A figure by name: its title, its axes, the name of its grids, and what its rows show; `logarithmic`: both axes; `compares`: the rows
    are compared with that of the first cell of the grid, and show nothing without it.
    """

    name: str
    title: str
    x: str
    y: str
    grid: str
    find: Callable[[Sequence[Row]], Findings]
    logarithmic: bool = False
    compares: bool = False

    def found(self, rows: Sequence[Row], cells: Sequence[Cell]) -> Findings:
        """What the rows of the cells show, which may be some of them."""
        if self.compares and (not rows or rows[0]["key"] != cells[0].key):
            return Findings((), (), ("The first cell is not trained yet, and the others are compared with it.",))
        return self.find(rows)

    def cells(self, scale: str) -> list[Cell]:
        """The cells of its grid at a scale.  Raises: BadData for an unknown scale."""
        if scale not in SCALES:
            raise BadData(f"there is no scale {scale!r}; give one of {', '.join(SCALES)}")
        return read_grid(self.grid_file(scale))

    def grid_file(self, scale: str) -> Path:
        """The shipped grid, to copy and change."""
        return HERE / "grids" / f"{self.grid}_{scale}.toml"


def experiment(name: str) -> Experiment:
    """The experiment of a name.  Raises: BadData, with the names that there are."""
    if name not in EXPERIMENTS:
        raise BadData(f"there is no experiment {name!r}; there are {', '.join(EXPERIMENTS)}")
    return EXPERIMENTS[name]


def printed_points(name: str) -> tuple[Array, Array]:
    """x and y of the points of the paper, read off its figures: "fig2_points", "fig3_red" or "fig3_blue".

    >>> x, y = printed_points("fig2_points")
    >>> len(x), round(float((y / x).min()), 2)
    (906, 1.64)
    """
    points = np.loadtxt(HERE / f"{name}.csv", delimiter=",")
    return points[:, 0], points[:, 1]


def memorising(rows: Sequence[Row]) -> list[Row]:
    """The rows of networks that memorise."""
    return [row for row in rows if row.get("memorises")]


# --- the paper's figures ------------------------------------------------------------------------------------------------------------

def _trend(rows: Sequence[Row]) -> Findings:
    kept = memorising(rows)
    x, y = np.array([(row["n"] / row["k"]) ** 0.5 for row in kept]), _column(kept, "gradient")
    series = (Series("paper", *printed_points("fig2_points"), theirs=True), Series("ours", x, y))
    sentence = "Fig. 2: a linear trend of the maximum random gradient in √(n/k)"
    said = [f"{len(kept)} of {len(rows)} networks memorise."]
    d = _column(kept, "d")
    if len(kept) >= FEWEST and len(np.unique(x)) > 1 and len(np.unique(d)) > 1:
        (width, at_width), (dimension, at_dimension) = exponents(y, x, np.sqrt(d))
        said.append(f"The least ratio of gradient to √(n/k) is {_number(float((y / x).min()))}; the gradient goes like √(n/k) to the power "
                    f"{_number(width)}, 95 % interval {_interval(at_width)}, times √d to the power {_number(dimension)}, "
                    f"{_interval(at_dimension)}.")
    return Findings(series, tuple(_tested(sentence, word, s) for s in series for word in (Word.TREND, Word.LINEAR, Word.PROPORTIONAL)),
                    tuple(said))


def _dimensions(power: float) -> Callable[[Sequence[Row]], Findings]:
    """Figures 1 and 3: against d^power."""
    def find(rows: Sequence[Row]) -> Findings:
        kept = memorising(rows)
        colours = (("blue, k = n", "fig3_blue", [row for row in kept if row["k"] == row["n"]]),
                   ("red, k = 10n/d", "fig3_red", [row for row in kept if row["k"] == 10 * row["n"] // row["d"] != row["n"]]))
        series, tested = [], []
        for label, printed, own in colours:
            x, y = printed_points(printed)
            both = (Series(f"paper, {label}", x ** (2 * power), y, theirs=True),
                    Series(f"ours, {label}", np.array([row["d"] ** power for row in own]), _column(own, "gradient")))
            series += both
            root = [Series(s.label, s.x ** (0.5 / power), s.y, s.theirs) for s in both]
            if label.startswith("blue"):
                tested += [_tested("Fig. 3, blue: roughly constant", Word.CONSTANT, s) for s in root]
            else:
                tested += [_tested("Fig. 3, red: linear in √d", Word.LINEAR, s) for s in root]
                far = [Series(f"{s.label}, √d ≥ 25", s.x[s.x >= 25], s.y[s.x >= 25], s.theirs) for s in root]
                tested += [_tested("the same where √d ≥ 25", Word.LINEAR, s) for s in far]
        return Findings(tuple(series), tuple(tested), (f"{len(kept)} of {len(rows)} networks memorise.",))
    return find


# --- what the figures cannot answer -------------------------------------------------------------------------------------------------

def _proxy(rows: Sequence[Row]) -> Findings:
    kept = [row for row in memorising(rows) if row.get("lower") is not None and row.get("upper") not in (None, 0.0)]
    gradient = _column(kept, "gradient")
    low = gradient / _column(kept, "upper")
    high = np.minimum(gradient / _column(kept, "lower"), 1.0)                          # no gradient exceeds the constant
    d, k = _column(kept, "d"), _column(kept, "k")
    series = [_with_intervals(f"d = {one:g}", k[d == one], low[d == one], high[d == one]) for one in np.unique(d)]
    said = (f"In {len(kept)} of {len(rows)} networks, which memorise and have an enclosure, the maximum random gradient is at the median "
            f"{_percent(low)} (at least) to {_percent(high)} (at most) of the Lipschitz constant; the least share is "
            f"{_number(100 * float(low.min()))} %.",
            *(f"d = {one:g}: {_percent(low[d == one])} to {_percent(high[d == one])}." for one in np.unique(d))) if kept else ()
    return Findings(tuple(series), (), said)


def _optimum(rows: Sequence[Row]) -> Findings:
    laws, atlas = ([row for row in rows if all(row.get(name) not in (None, 0.0) for name in names)]
                   for names in (("floor", "fit_lower", "fit_upper"), ("least_lower", "least_upper", "hull_lower", "hull_upper")))
    series, said = [], []
    if laws:
        k, floor = _column(laws, "k"), _column(laws, "floor")
        low, high = _column(laws, "fit_lower") / floor, _column(laws, "fit_upper") / floor
        series.append(_with_intervals("trained / certified bound for every fit of width k, on R^d", k, low, high))
        shared = float(np.mean(_column(laws, "mcshane") >= floor * (1 - 1e-3)))
        asked = sum(bool(row.get("laws")) for row in rows)
        said.append(f"In {len(laws)} of {asked} networks the Lipschitz constant of the trained fit is at the median {_median(low)} to "
                    f"{_median(high)} times the best certified lower bound, which is McShane's in {_number(100 * shared)} % of them.")
        margins = sorted({name for row in laws for name in row if name.startswith("margin ")})
        for name in margins:
            held = [row for row in laws if row.get(name) is not None]
            said.append(f"{name.removeprefix('margin ')}: the right side is at the median {_median(np.exp(_column(held, name)))} times the "
                        f"left, in {len(held)} networks.")
    if atlas:
        k, low = _column(atlas, "k"), _column(atlas, "hull_lower") / _column(atlas, "least_upper")
        high = _column(atlas, "hull_upper") / _column(atlas, "least_lower")
        series.append(_with_intervals("trained / least constant of k kinks, on conv(X)", k, np.maximum(low, 1.0), high))
        asked = sum(bool(row.get("atlas")) for row in rows)
        said.append(f"In {len(atlas)} of {asked} networks on at most 12 points the constant on conv(X) is at the median "
                    f"{_median(np.maximum(low, 1.0))} to {_median(high)} times the least of any fit with as many kinks.")
    return Findings(tuple(series), (), tuple(said))


def _knobs(rows: Sequence[Row]) -> Findings:
    """Each group of equal options against the first: the ratio of geometric means of the gradient, and of the Lipschitz constant."""
    names = [name for name in Cell.__dataclass_fields__ if name != "seed"]
    kept = memorising(rows)
    groups = {key: list(group) for key, group in groupby(sorted(kept, key=lambda row: str([row[n] for n in names])),
                                                          key=lambda row: tuple(row[n] for n in names))}
    if not kept:
        return Findings(())
    base = tuple(rows[0][n] for n in names)
    asked = {key: sum(tuple(row[n] for n in names) == key for row in rows) for key in groups}
    if base not in groups:
        return Findings((), (), ("No network with the options of the first cell memorises, so there is nothing to compare with.",))
    said, labels, middle, ends = [], [], [], []
    for key, group in groups.items():
        if key == base:
            continue
        label = ", ".join(f"{n} = {_value(new)}" for n, new, old in zip(names, key, base, strict=True) if new != old)
        ratio, span = _ratio(_column(group, "gradient"), _column(groups[base], "gradient"))
        constant = ""
        if all(row.get("upper") for row in (*group, *groups[base])):
            low, _ = _ratio(_column(group, "lower"), _column(groups[base], "upper"))
            high, _ = _ratio(_column(group, "upper"), _column(groups[base], "lower"))
            constant = f"; the Lipschitz constant {_number(low)} to {_number(high)} times"
        said.append(f"{label}: the maximum random gradient is {_number(ratio)} times that of the first cell, 95 % interval "
                    f"{_interval(span)}, {len(group)} of {asked[key]} networks{constant}.")
        labels.append(label)
        middle.append(ratio)
        ends.append(span)
    series = tuple(Series(label, np.array([i + 1.0]), np.array([y]), low=np.array([span[0]]), high=np.array([span[1]]))
                   for i, (label, y, span) in enumerate(zip(labels, middle, ends, strict=True)))
    return Findings(series, (), tuple(said))


def _descent(rows: Sequence[Row]) -> Findings:
    done = [row for row in rows if row.get("gradient") is not None]
    if len({(row["n"], row["d"]) for row in rows}) > 1:
        raise BadData("descent is along the width alone, and the grid has several n or d; give one of each")
    widths = sorted({row["k"] for row in done})
    if not widths:
        return Findings(())
    at = [_column([row for row in done if row["k"] == k], "gradient") for k in widths]
    middle = np.array([np.median(y) for y in at])
    spans = [_ends(y) for y in at]
    peak = int(np.argmax(middle))
    first = next((k for k in widths if all(row.get("memorises") for row in rows if row["k"] >= k)), None)
    n, d = done[0]["n"], done[0]["d"]
    said = (f"The median of the maximum random gradient is largest at k = {widths[peak]}, {_number(middle[peak])}, 95 % interval "
            f"{_interval(spans[peak])}, and {_number(middle[-1])}, {_interval(spans[-1])}, at k = {widths[-1]}; n/d = {_number(n / d)}, "
            f"n = {n}; " + (f"all networks memorise from k = {first} on." if first else "at no width do all networks memorise."),)
    ends = np.array(spans)
    return Findings((Series("ours, medians", np.array(widths, dtype=float), middle, low=ends[:, 0], high=ends[:, 1]),), (), said)


GRADIENT = "maximum random gradient, max ‖∇f(z)‖"
EXPERIMENTS = {e.name: e for e in (
    Experiment("fig1", "Figure 1: the maximum random gradient against the dimension", "d", GRADIENT, "fig3", _dimensions(1.0)),
    Experiment("fig2", "Figure 2: the maximum random gradient against √(n/k)", "√(n/k)", GRADIENT, "fig2", _trend),
    Experiment("fig3", "Figure 3: the maximum random gradient against √d", "√d", GRADIENT, "fig3", _dimensions(0.5)),
    Experiment("proxy", "The maximum random gradient beside the Lipschitz constant", "k, neurons", "maximum random gradient / Lip(f)",
               "proxy", _proxy),
    Experiment("optimum", "Trained networks beside what is certified of every fit", "k, neurons", "Lip of the trained fit / bound",
               "optimum", _optimum, logarithmic=True),
    Experiment("knobs", "What changes the maximum random gradient", "", "ratio to the first cell", "knobs", _knobs,
               compares=True),
    Experiment("descent", "The maximum random gradient along the width", "k, neurons", GRADIENT, "descent", _descent, logarithmic=True),
)}


def _tested(sentence: str, word: Word, series: Series) -> Tested:
    return Tested(sentence, word, series.label, fit(series.x, series.y))


def _column(rows: Sequence[Row], name: str) -> Array:
    return np.array([row[name] for row in rows], dtype=np.float64)


def _with_intervals(label: str, x: Array, low: Array, high: Array) -> Series:
    return Series(label, x, np.sqrt(low * high), low=low, high=high)


def _ratio(new: Array, old: Array) -> tuple[float, Interval]:
    """The ratio of geometric means of two samples, and its 95 % interval: their bootstrap intervals, added in quadrature."""
    low, high = (_ends(np.log(sample), np.mean) for sample in (new, old))
    middle = float(np.log(new).mean() - np.log(old).mean())
    spread = float(np.hypot((low[1] - low[0]) / 2, (high[1] - high[0]) / 2))        # of independent means
    return float(np.exp(middle)), (float(np.exp(middle - spread)), float(np.exp(middle + spread)))


def _median(values: Array) -> str:
    return f"{_number(float(np.median(values)))} (95 % interval {_interval(_ends(values))})"


def _ends(values: Array, statistic: Callable[..., Array] = np.median) -> Interval:
    """The 95 % interval of a statistic; of fewer than `SAMPLE` networks there is none."""
    return interval(statistic, values) if len(values) >= SAMPLE else (np.nan, np.nan)


def _percent(shares: Array) -> str:
    return f"{_median(100 * shares)} %"


def _interval(ends: Interval) -> str:
    return "unknown, of too few networks" if np.isnan(ends).any() else f"[{_number(ends[0])}, {_number(ends[1])}]"


def _number(value: float) -> str:
    return f"{value:.3g}"


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
