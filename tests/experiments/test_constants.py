"""Best constants: the statistics on samples whose answer is known, the quantities on data whose answer is known, and the command."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from theory.errors import BadData
from verify.cli.app import run
from verify.experiments.constants import Estimate, OpenConstant, Sense, Sizes, chosen, estimates, open_constants, quantities
from verify.experiments.constants.estimates import Trend, cell_estimate, order_statistics, sample
from verify.experiments.constants.grid import along, failure
from verify.report.constants import constants_document, interval
from verify.report.figures.constants import write_figure

Rng = np.random.Generator


# --- the statistics ---------------------------------------------------------------------------------------------------------------

def test_order_statistics_cover_the_true_quantile() -> None:
    """In at least 93 of 100 repetitions, two standard errors below the nominal 95."""
    rng, true = np.random.default_rng(0), norm.ppf(0.05)
    covered = 0
    for _ in range(1000):
        _, least, most = order_statistics(rng.standard_normal(80), 0.05)
        covered += bool(least <= true <= most)
    assert covered >= 936                                       # 950 less two standard errors of a count of 1000


def test_a_sample_too_small_has_no_lower_end() -> None:
    """With 20 draws the least one is below the 5 %-quantile with probability 1 − 0.95²⁰ = 0.64 only."""
    found, least, most = order_statistics(np.arange(20.0), 0.05)
    assert (found, least) == (0.0, -math.inf) and most < math.inf


def item(sense: Sense, low: float, high: float | None, level: float = 1.0) -> OpenConstant:
    """A quantity between n^low and n^high, up to 1 % of noise; no upper end where high is None."""

    def quantity(sizes: Sizes, rng: Rng) -> tuple[float, float]:
        noise = level * float(np.exp(0.01 * rng.standard_normal()))
        return noise * sizes.n**low, math.inf if high is None else noise * sizes.n**high

    limits = (along("n", "d = 1", (4, 8, 16, 32), lambda n: Sizes(n=n, d=1)),)
    return OpenConstant("a.test", "test", sense, quantity, lambda s: 1.0, "", "", limits)


def measured(one: OpenConstant) -> Estimate:
    found, = [e for e in estimates((one,), "small", 0, processes=1) if isinstance(e, Estimate)]
    return found


@pytest.mark.parametrize(("sense", "low", "high", "trend"), [
    (Sense.LOWER, 0.0, 0.0, Trend.TIGHT), (Sense.LOWER, 0.5, 0.5, Trend.SLACK), (Sense.LOWER, -0.5, -0.5, Trend.MOVES),
    (Sense.LOWER, 0.0, 0.5, Trend.HOLDS), (Sense.LOWER, 0.0, None, Trend.HOLDS), (Sense.LOWER, -0.5, 0.0, Trend.UNDECIDED),
    (Sense.LOWER, -0.5, None, Trend.UNDECIDED), (Sense.LOWER, 0.5, None, Trend.SLACK),
    (Sense.UPPER, 0.0, 0.0, Trend.TIGHT), (Sense.UPPER, -0.5, -0.5, Trend.SLACK), (Sense.UPPER, 0.5, 0.5, Trend.MOVES),
    (Sense.UPPER, -0.5, 0.0, Trend.HOLDS), (Sense.UPPER, 0.0, 0.5, Trend.UNDECIDED), (Sense.UPPER, 0.5, None, Trend.MOVES),
    (Sense.UPPER, 0.0, None, Trend.UNDECIDED),
])
def test_the_trend_of_power_laws(sense: Sense, low: float, high: float | None, trend: Trend) -> None:
    found, = measured(item(sense, low, high)).limits
    assert found.trend is trend
    assert found.low is not None and abs(found.low.value - low) < 0.02 and found.low.error < 0.02
    assert (found.high is None) is (high is None)


def test_a_quantity_that_vanishes_leaves_no_constant() -> None:
    found = measured(item(Sense.LOWER, 0.0, 0.0, level=0.0))
    assert found.limits[0].trend is Trend.ZERO and found.range == (0.0, 0.0)
    assert found.sentence == "No constant serves, since the quantity is 0 too often, along n → ∞ with d = 1."


def test_the_worst_cell_and_the_range() -> None:
    falling, rising = measured(item(Sense.LOWER, -0.5, -0.5)), measured(item(Sense.UPPER, 0.5, 0.5))
    assert falling.worst.sizes == rising.worst.sizes == Sizes(n=32, d=1)
    assert falling.range[0] == pytest.approx(32**-0.5, rel=0.03) and rising.range[1] == pytest.approx(32**0.5, rel=0.03)


def test_an_upper_bound_reads_the_other_tail() -> None:
    """Of the ratios 1, …, 100 the 5 %-quantile is 5 and, mirrored, the 95 %-quantile 96."""
    values = np.repeat(np.arange(1.0, 101)[:, None], 2, axis=1)
    lower = cell_estimate(item(Sense.LOWER, 0, 0), Sizes(n=1, d=1), values)
    upper = cell_estimate(item(Sense.UPPER, 0, 0), Sizes(n=1, d=1), values)
    assert (lower.low, lower.least, lower.most) == (5, 1, 11) and (upper.high, upper.least, upper.most) == (96, 90, 100)


def test_the_chance_of_a_tail_is_its_own() -> None:
    assert failure(Sizes(n=1, d=1)) == 0.05 and failure(Sizes(n=1, d=1, tau=2)) == pytest.approx(math.exp(-2))


# --- the quantities ---------------------------------------------------------------------------------------------------------------

def ends(quantity: object, sizes: Sizes, seed: int = 0) -> tuple[float, float]:
    assert callable(quantity)
    return quantity(sizes, np.random.default_rng(seed))


@pytest.mark.parametrize(("quantity", "sizes", "value"), [
    (quantities.linear_fit, Sizes(n=1, d=5), 1), (quantities.caps, Sizes(n=5, d=400), 10 * math.sqrt(0.19)),
    (quantities.power_fit_error, Sizes(n=1, d=5, p=3), 0), (quantities.power_size, Sizes(n=1, d=5, p=2), 1),
    (quantities.tensor, Sizes(n=1, d=5, p=3), 1), (quantities.low_rank, Sizes(n=1, d=5, k=1), 1),
    (quantities.moment_norm, Sizes(n=1, d=5, p=3), 1), (quantities.polynomial, Sizes(n=1, d=5, p=2), 0),
    (quantities.fit_on_sphere, Sizes(n=1, d=5, k=1), 0), (quantities.undercomplete, Sizes(n=1, d=5, k=1), 0),
])
def test_quantities_of_one_datum(quantity: object, sizes: Sizes, value: float) -> None:
    """One unit vector: the tensor y·x^{⊗p} fits it and has norm 1; a constant fits it; caps of few data in R^400 are disjoint."""
    assert ends(quantity, sizes) == pytest.approx((value, value), abs=1e-9)


def test_two_data_decide_theorem_4() -> None:
    """f = (x_1·x)² − (x_2·x)² has Lip_S = λ_max − λ_min = 2√(1 − (x_1·x_2)²) for opposite labels, and 1 + |x_1·x_2| for equal ones."""
    sizes = Sizes(n=2, d=3, p=2)
    for seed in range(6):
        X, y = quantities._sphere(sizes, np.random.default_rng(seed))
        inner = float(X[0] @ X[1])
        expected = 2 * math.sqrt(1 - inner**2) if y[0] != y[1] else 1 + abs(inner)
        assert ends(quantities.power_size, sizes, seed)[0] == pytest.approx(expected)


def test_full_rank_is_mcshane() -> None:
    """For P = I the least Lipschitz constant is McShane's, from both sides."""
    low, high = ends(quantities.undercomplete, Sizes(n=8, d=3, k=3))
    assert low == pytest.approx(high, rel=0.03) and low <= high


@pytest.mark.parametrize("one", open_constants("small"), ids=lambda one: one.name)
def test_every_enclosure_is_one(one: OpenConstant) -> None:
    """The bounds for every fit are below the explicit fits, on ten draws of the smallest cell of each limit."""
    for limit in one.limits:
        rng = np.random.default_rng(1)
        for _ in range(10):
            low, high = one.quantity(limit.cells[0], rng)
            assert 0 <= low <= high * (1 + 1e-9) and math.isfinite(low)
            assert one.law(limit.cells[0]) > 0


@pytest.mark.parametrize("one", [*open_constants("small"), *open_constants("full")], ids=lambda one: one.name)
def test_every_limit_grows(one: OpenConstant) -> None:
    for limit in one.limits:
        assert len(limit.cells) >= 3 and limit.values() == sorted(set(limit.values()))


def test_lemma_14_fails_at_one_datum_like_the_root_of_d() -> None:
    """n = 1, p = 2: the norm is 1 and the law is d^{−1/2}, exactly."""
    lemma, = chosen(("bln.lemma14.printed",), "small")
    found = measured(replace(lemma, limits=lemma.limits[:1]))
    assert found.limits[0].trend is Trend.MOVES and str(found.limits[0].low) == "0.50 ± 0.00"


def test_the_numbers_depend_on_the_seed_only() -> None:
    lemma, = chosen(("bln.lemma13.printed",), "small")
    cell = lemma.limits[1].cells[0]
    assert np.array_equal(sample(lemma.quantity, cell, "small", 3), sample(lemma.quantity, cell, "small", 3))
    assert not np.array_equal(sample(lemma.quantity, cell, "small", 3), sample(lemma.quantity, cell, "small", 4))
    alone = replace(lemma, limits=lemma.limits[1:])
    serial, parallel = ([e for e in estimates((alone,), "small", 3, p) if isinstance(e, Estimate)] for p in (1, 2))
    assert constants_document(serial, "small", 3, 0.0) == constants_document(parallel, "small", 3, 0.0)


# --- the command ------------------------------------------------------------------------------------------------------------------

@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """One limit of Lemma 14 in place of the whole grid, in this process."""
    import verify.cli.constants
    lemma, = chosen(("bln.lemma14.printed",), "small")
    short = replace(lemma, limits=lemma.limits[:1])
    monkeypatch.setattr(verify.cli.constants, "chosen", lambda names, scale: (short,))
    monkeypatch.setattr(verify.cli.constants, "estimates", lambda items, scale, seed: estimates(items, scale, seed, processes=1))


def test_the_command_prints_one_object(quick: None, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["constants", "--json", "--figure", str(tmp_path / "constants.png")]) == 0
    document = json.loads(capsys.readouterr().out)
    found, = document["constants"]
    assert (found["id"], found["constant"], found["low"], found["worst"]) == ("bln.lemma14.printed", "C", pytest.approx(32**0.5), {
        "n": 1, "d": 32, "p": 2})
    assert found["limits"][0]["trend"] == "moves" and found["cells"][0]["draws"] == 80
    assert (tmp_path / "constants.png").read_bytes().startswith(b"\x89PNG")


def test_the_command_prints_a_table(quick: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["constants"]) == 0
    said = capsys.readouterr().out
    assert "C = 5.657 on this grid, decided at n = 1, d = 32, p = 2" in said
    assert "d → ∞ with n = 1, p = 2 (exponent 0.50 ± 0.00)." in said


@pytest.mark.parametrize(("argv", "words"), [
    (["constants", "bln.nothing"], "no open constant is measured"), (["constants", "--scale", "huge"], "small or full"),
])
def test_bad_input_is_one_sentence(argv: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(argv) == 2
    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1


def test_a_figure_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [measured(item(Sense.LOWER, 0, None))]
    with pytest.raises(BadData, match="cannot be written"):
        write_figure(found, tmp_path / "no folder" / "figure.png")
    with pytest.raises(BadData, match="cannot be written"):
        write_figure(found, tmp_path / "figure.nonsense")
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(BadData, match="needs matplotlib"):
        write_figure(found, tmp_path / "figure.png")


def test_intervals_are_written_once_when_the_ends_agree() -> None:
    assert interval(2.0, 2.0) == "2" and interval(0.5, 1.0) == "0.5–1"
