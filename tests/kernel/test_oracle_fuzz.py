"""Every inference and every axiom of the kernel against an oracle: where the premises are true, the conclusion is true.

10⁴ draws each by default (fewer of those that are gone through slowly), 10⁶ with --run-slow.  A draw is decided where all premises are
true and the oracle knows whether the conclusion is; a rule of which too few draws are decided fails, since it would not be tested.
"""

from __future__ import annotations

from random import Random

import pytest

from kernel.axiom_draws import BY_SAMPLES, propose_axiom
from kernel.drawing import Terms, Values, d, k, n
from kernel.fuzz import Tally, agree, fuzz, fuzz_normal_form
from kernel.proposals import PROPOSALS, propose
from theory.kernel import RULES
from theory.kernel.axioms import AXIOMS
from theory.kernel.normal import canonical, same

DRAWS = 10_000
DECIDED = 0.03
# Where a draw goes through all pairs of vectors of a grid, or all signs: what the number of draws is divided by.
COSTLY = {"is_symmetric": 5, "lip_least": 20, "is_lipschitz": 10, "tensor_product_linear": 4, "prob_implies": 4, "prob_and": 4,
          "prob_sure": 2, "mean_below": 3, "prob_forall": 2, "induction": 2, "lip_bound": 2,
          "specialise": 2, "is_psd": 3, "oriented_point": 3, "operator_norm_least": 2,
          **{name: 20 for name in AXIOMS if name.startswith("clear")}}
SIZES = [pytest.param(1, id="default"), pytest.param(100, id="slow", marks=pytest.mark.slow)]


def judge(tally: Tally, least: float = DECIDED) -> None:
    """Nothing wrong, and enough that could have been wrong."""
    assert tally.wrong is None, tally.wrong
    print(f"{tally.decided} of {tally.draws} draws are decided, {tally.refused} are refused")      # shown by pytest -rP
    assert tally.share >= least, f"only {tally.decided} of {tally.draws} draws are decided; {tally.refused} are refused"


def test_every_inference_has_proposals() -> None:
    assert set(PROPOSALS) == set(RULES) - set(AXIOMS)


@pytest.mark.parametrize("times", SIZES)
@pytest.mark.parametrize("name", sorted(PROPOSALS))
def test_inference(name: str, times: int) -> None:
    draws = times * DRAWS // COSTLY.get(name, 1)
    judge(fuzz(lambda rng: propose(name, RULES, rng), RULES[name], draws, seed=1, by_samples=name in ("induction", "rises")))


@pytest.mark.parametrize("times", SIZES)
@pytest.mark.parametrize("name", sorted(AXIOMS))
def test_axiom(name: str, times: int) -> None:
    schema, draws = AXIOMS[name], times * DRAWS // COSTLY.get(name, 1)
    judge(fuzz(lambda rng: propose_axiom(name, schema, RULES, rng), RULES[name], draws, seed=2, by_samples=name in BY_SAMPLES,
               largest=BY_SAMPLES.get(name, 3)))


@pytest.mark.parametrize("times", SIZES)
@pytest.mark.parametrize("kind, depth", [("number", 3), ("number", 4), ("number", 5), ("vector", 3), ("matrix", 3), ("formula", 3),
                                         ("beneath", 4)])
def test_normal_form(kind: str, depth: int, times: int) -> None:
    judge(fuzz_normal_form(kind, times * DRAWS, seed=3 + depth, depth=depth), least=0.8)


@pytest.mark.parametrize("times", SIZES)
def test_terms_with_one_normal_form_are_equal(times: int) -> None:
    tally, found = Tally(), 0
    for number in range(times * DRAWS):
        rng = Random(number)
        terms = Terms(rng)
        left, right = terms.number(2), terms.number(2)
        if left is not right and same(left, right):
            found += 1
            free = Values(rng).of(left.free | right.free | {n, k, d})
            assert agree(left, right, free) is not False, (left, right, free)
        tally.draws += 1
    assert found > times * 100


@pytest.mark.parametrize("kind", ["number", "vector", "formula", "matrix"])
def test_a_normal_form_is_its_own(kind: str) -> None:
    """Not needed for truth; but a searcher that puts a term in normal form wants the kernel to find it equal."""
    stable = 0
    for number in range(1000):
        node = Terms(Random(number)).of_kind(kind, 4)
        stable += same(canonical(node), node)
    assert stable >= 980
