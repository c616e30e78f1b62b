"""The paper's own points, what is read of them, and the sentences; what experiments say of rows whose answer is known."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

from theory.errors import BadData
from verify.experiments.paper.experiments import EXPERIMENTS, experiment, printed_points
from verify.experiments.paper.statistics import Word, exponents, fit, interval
from verify.experiments.sweeps.cells import Cell
from verify.experiments.sweeps.measure import Row


def row(**found: object) -> Row:
    return {"failure": "", "memorises": True, **found}


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


def test_bootstrap_intervals_cover() -> None:
    """Of 200 samples of 40 normal numbers, at least 178 intervals hold the mean: 190 less four standard errors."""
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(200):
        low, high = interval(lambda x, axis: x.mean(axis=axis), rng.standard_normal(40))
        covered += low <= 0 <= high
    assert covered >= 178


def test_our_points_are_the_memorising_ones() -> None:
    rows = [row(n=100, d=d, k=k, gradient=2 * (100 / k) ** 0.5) for k in (4, 10, 20, 25, 50, 100) for d in (10, 20)]
    rows.append(row(n=9, d=1, k=1, gradient=9.0, memorises=False))
    found = EXPERIMENTS["fig2"].find(rows)
    assert len(found.series[1].x) == 12
    assert [t.agrees for t in found.tested if t.series == "ours"] == [True, True, True]
    assert found.said[0] == "12 of 13 networks memorise."
    assert found.said[1].startswith("The least ratio of gradient to √(n/k) is 2; the gradient goes like √(n/k) to the power 1, ")


def test_exponents_of_a_product_of_powers() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.uniform(1, 2, 30), rng.uniform(1, 2, 30)
    (first, at_first), (second, at_second) = exponents(3 * a**0.5 / b, a, b)
    assert (first, *at_first) == pytest.approx((0.5,) * 3) and (second, *at_second) == pytest.approx((-1.0,) * 3)


def test_the_proxy_is_the_share_of_the_constant() -> None:
    said = EXPERIMENTS["proxy"].find([row(d=5, k=3, gradient=1.0, lower=2.0, upper=4.0)] * 3).said
    share = "25 (95 % interval [25, 25]) % (at least) to 50 (95 % interval [50, 50]) % (at most)"
    assert said[0].startswith(f"In 3 memorising networks the maximum random gradient is at the median {share}")


def test_the_optimum_is_a_ratio_to_what_is_certified() -> None:
    rows = [row(k=3, floor=2.0, mcshane=2.0, fit_lower=4.0, fit_upper=6.0, **{"margin bln.r1": 0.0})] * 3
    said = EXPERIMENTS["optimum"].find(rows).said
    assert said[0].startswith("In 3 networks") and "median 2 (" in said[0] and " to 3 (" in said[0] and "in 100 % of them" in said[0]
    assert said[1].startswith("bln.r1: the right side is at the median 1 (")


def test_knobs_compare_with_the_first_cell() -> None:
    rows = [row(**asdict(Cell(n=4, d=2, k=2, decay=decay, seed=seed)), gradient=gradient)
            for decay, gradient in ((0.0, 2.0), (0.1, 1.0)) for seed in (0, 1)]
    said = EXPERIMENTS["knobs"].find(rows).said
    assert said == ("decay = 0.1: the maximum random gradient is 0.5 times that of the first cell, 95 % interval [0.5, 0.5], 2 networks.",)


def test_descent_names_the_peak() -> None:
    rows = [row(n=10, d=2, k=k, gradient=g) for k, g in ((1, 1.0), (5, 9.0), (20, 3.0)) for _ in range(2)]
    said, = EXPERIMENTS["descent"].find(rows).said
    assert "largest at k = 5, 9" in said and "all networks memorise from k = 1 on" in said


def test_an_unknown_experiment_names_those_that_there_are() -> None:
    with pytest.raises(BadData, match="fig1, fig2, fig3, proxy"):
        experiment("fig4")
