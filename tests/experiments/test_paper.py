"""The paper's own points, what is read of them, and the sentences; what experiments say of rows whose answer is known."""

from __future__ import annotations

import csv
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from theory.errors import BadData
from verify.experiments.paper.experiments import EXPERIMENTS, experiment, printed_points
from verify.experiments.paper.statistics import Word, exponents, fit, interval
from verify.experiments.sweeps.cells import Cell
from verify.experiments.sweeps.measure import Row

DOCS = Path(__file__).parents[2] / "docs" / "experiments"


def row(**found: object) -> Row:
    return {"failure": "", "memorises": True, **found}


def shipped(table: str) -> list[Row]:
    """The rows of a table of docs/experiments."""
    with (DOCS / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return [{name: value == "True" if name == "memorises" else value if name in ("key", "data", "failure") else float(value or "nan")
                 for name, value in row.items() if value not in ("True", "False") or name == "memorises"} for row in csv.DictReader(lines)]


def test_the_statistics_of_the_printed_points() -> None:
    """Slope, intercept, R², log-log slope: numpy.polyfit on the points of Figure 2."""
    found = fit(*printed_points("fig2_points"))
    assert found is not None
    assert [round(v, 2) for v in (found.slope, found.intercept, found.r_squared, found.power)] == [1.40, 3.39, 0.88, 0.46]
    x, y = printed_points("fig2_points")
    far = fit(x[x >= 3], y[x >= 3])
    assert far is not None and round(far.power, 2) == 0.74


def test_what_the_printed_sentences_say_of_the_printed_points() -> None:
    trend = EXPERIMENTS["fig2"].find([])
    assert [t.agrees for t in trend.tested if t.series == "paper"] == [True, False, False]
    both = {t.series: t.agrees for t in EXPERIMENTS["fig3"].find([]).tested}
    assert both["paper, red, k = 10n/d"] is False and both["paper, red, k = 10n/d, √d ≥ 25"] is True
    assert both["paper, blue, k = n"] is False
    assert both["ours, blue, k = n"] is None


def test_the_first_figure_is_the_third_against_another_axis() -> None:
    first, third = (EXPERIMENTS[name].find([]) for name in ("fig1", "fig3"))
    assert [t.agrees for t in first.tested] == [t.agrees for t in third.tested]
    assert first.series[0].x == pytest.approx(third.series[0].x ** 2)


def test_words_on_points_that_are_what_they_say() -> None:
    x = np.arange(1.0, 31.0)
    line, through, flat, bent = (fit(x, y) for y in (2 * x + 5, 3 * x, 7 + 0.1 * np.cos(x), x**2))
    assert line is not None and through is not None and flat is not None and bent is not None
    assert [line.agrees(w) for w in Word] == [True, True, False, False]
    assert [through.agrees(w) for w in Word] == [True, True, True, False]
    assert [flat.agrees(w) for w in Word] == [False, False, False, True]
    assert [bent.agrees(w) for w in Word] == [True, False, False, False]
    assert fit([1, 1, 1, 1, 1, 1, 1], [1, 2, 3, 4, 5, 6, 7]) is None


def test_points_that_cannot_tell_do_not_agree() -> None:
    """Scattered points, whose thirds could have any slope; points of which a third has one x alone."""
    rows = shipped("fig2_paper_sizes")
    scattered = fit([(row["n"] / row["k"]) ** 0.5 for row in rows], [row["gradient"] for row in rows])
    assert scattered is not None and scattered.agrees(Word.LINEAR) is None
    tied = fit([1.0] * 20 + [2, 3, 4, 5, 6], [2.0] * 20 + [4, 6, 8, 10, 12])
    assert tied is not None and tied.agrees(Word.LINEAR) is None


def test_bootstrap_intervals_cover() -> None:
    """Of 200 samples of 40 normal numbers, at least 178 intervals hold the mean: 190 less four standard errors."""
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(200):
        low, high = interval(lambda x, axis: x.mean(axis=axis), rng.standard_normal(40))
        covered += low <= 0 <= high
    assert covered >= 178


def test_our_points_are_the_memorising_ones() -> None:
    rows = [row(n=100, d=d, k=k, gradient=2 * (100 / k) ** 0.5) for k in (4, 10, 16, 20, 25, 40, 50, 80, 100) for d in (10, 20)]
    rows.append(row(n=9, d=1, k=1, gradient=9.0, memorises=False))
    found = EXPERIMENTS["fig2"].find(rows)
    assert len(found.series[1].x) == 18
    assert [t.agrees for t in found.tested if t.series == "ours"] == [True, True, True]
    assert found.said[0] == "18 of 19 networks memorise."
    assert found.said[1].startswith("The least ratio of gradient to √(n/k) is 2; the gradient goes like √(n/k) to the power 1, ")


def test_exponents_of_a_product_of_powers() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.uniform(1, 2, 30), rng.uniform(1, 2, 30)
    (first, at_first), (second, at_second) = exponents(3 * a**0.5 / b, a, b)
    assert (first, *at_first) == pytest.approx((0.5,) * 3) and (second, *at_second) == pytest.approx((-1.0,) * 3)


def test_the_proxy_is_the_share_of_the_constant() -> None:
    few = EXPERIMENTS["proxy"].find([row(d=5, k=3, gradient=1.0, lower=2.0, upper=4.0)] * 3).said
    assert "25 (95 % interval unknown, of too few networks)" in few[0]
    said = EXPERIMENTS["proxy"].find([row(d=5, k=3, gradient=1.0, lower=2.0, upper=4.0)] * 6 + [row(memorises=False)]).said
    share = "25 (95 % interval [25, 25]) % (at least) to 50 (95 % interval [50, 50]) % (at most)"
    assert said[0].startswith("In 6 of 7 networks, which memorise and have an enclosure, the maximum random gradient is at the median ")
    assert share in said[0]


def test_the_optimum_is_a_ratio_to_what_is_certified() -> None:
    rows = [row(k=3, floor=2.0, mcshane=2.0, fit_lower=4.0, fit_upper=6.0, laws=True, **{"margin bln.r1": 0.0})] * 3
    rows += [row(k=3, laws=True), row(k=3, atlas=5, least_lower=1.0, hull_lower=1.0, hull_upper=1.0)]      # no fit, no upper end
    said = EXPERIMENTS["optimum"].find(rows).said
    assert said[0].startswith("In 3 of 4 networks") and "median 2 (" in said[0] and " to 3 (" in said[0] and "in 100 % of them" in said[0]
    assert said[1].startswith("bln.r1: the right side is at the median 1 (")


def test_knobs_compare_with_the_first_cell() -> None:
    rows = [row(**asdict(Cell(n=4, d=2, k=2, decay=decay, seed=seed)), gradient=gradient)
            for decay, gradient in ((0.0, 2.0), (0.1, 1.0)) for seed in range(6)]
    said = EXPERIMENTS["knobs"].find(rows).said
    assert said == ("decay = 0.1: the maximum random gradient is 0.5 times that of the first cell, 95 % interval [0.5, 0.5], 6 of 6 "
                    "networks.",)
    few = EXPERIMENTS["knobs"].find([*rows[:2], *rows[6:8], {**rows[8], "memorises": False}]).said
    assert few[0].endswith("95 % interval unknown, of too few networks, 2 of 3 networks.")


def test_nothing_is_compared_with_a_first_cell_that_is_missing() -> None:
    cells = [Cell(n=4, d=2, k=2, decay=decay) for decay in (0.0, 0.1)]
    late = [row(key=cells[1].key, **asdict(cells[1]), gradient=1.0)]
    assert EXPERIMENTS["knobs"].found(late, cells).said == ("The first cell is not trained yet, and the others are compared with it.",)


def test_descent_names_the_peak() -> None:
    rows = [row(n=10, d=2, k=k, gradient=g) for k, g in ((1, 1.0), (5, 9.0), (20, 3.0)) for _ in range(2)]
    said, = EXPERIMENTS["descent"].find(rows).said
    assert "largest at k = 5, 9" in said and "all networks memorise from k = 1 on" in said
    said, = EXPERIMENTS["descent"].find([*rows, row(n=10, d=2, k=5, memorises=False)]).said
    assert "all networks memorise from k = 20 on" in said
    with pytest.raises(BadData, match="several n or d"):
        EXPERIMENTS["descent"].find([*rows, row(n=11, d=2, k=5, gradient=1.0)])


@pytest.mark.parametrize(("table", "agrees", "kept"), [
    ("fig2", [True, False, False], "85 of 102 networks memorise"), ("fig2_paper_sizes", [True, None, False], "43 of 43 networks memorise"),
    ("fig3", [False, False, None], "43 of 48 networks memorise")])
def test_what_the_page_says_is_read_off_the_shipped_tables(table: str, agrees: list[bool | None], kept: str) -> None:
    found = EXPERIMENTS[table.partition("_")[0]].find(shipped(table))
    assert [t.agrees for t in found.tested if t.series.startswith("ours")] == agrees
    page = (DOCS.parent / "experiments.md").read_text(encoding="utf-8")
    assert found.said[0] == f"{kept}." and (table == "fig2_paper_sizes" or kept in page)


def test_an_unknown_experiment_names_those_that_there_are() -> None:
    with pytest.raises(BadData, match="fig1, fig2, fig3, proxy"):
        experiment("fig4")
