"""Elementary lemmas are derived in the kernel and rest on nothing; false copies of them are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from theory.check import schema_of
from theory.checkers.proofs import CITED, NotDerived, written
from theory.errors import BadData
from theory.kernel import Refused
from theory.proof import Lemma, LemmaKind
from theory.registry import named_lemmas
from theory.terms import ForAll, le
from theory.terms.elaborate import elaborate
from verify.laws.lemmas import find_search
from verify.report.lemma_table import basis

# What they conclude is no relation that could be sharpened: their false copies say less of f.
WITHOUT = ("lemma.kinks_lipschitz_ball", "lemma.kinks_lipschitz_sphere")
DERIVED = (
    "lemma.cauchy", "lemma.operator_norm", "lemma.image_norm", "lemma.trace_cauchy", "lemma.fro_op", "lemma.numerical_radius",
    "lemma.vanishing_step", "lemma.power_slope", "lemma.power_square", "lemma.second_moment", "lemma.rademacher_norm",
    "lemma.rademacher_sum", "lemma.two_terms", "lemma.relu_sup", "lemma.shift_range", "lemma.gradient", "lemma.base_slope",
    "lemma.piecewise_gradient", "lemma.ray_derivative", "lemma.injective_ball", "lemma.clear_point_ball",
    "lemma.clear_point_sphere", "lemma.rigidity", "lemma.welch", "lemma.above_tangent",
    "lemma.above_paraboloid", "lemma.smooth_gradient", "lemma.interpolation_strong", "lemma.interpolation", "lemma.cocoercive",
    "lemma.abs_sup", "lemma.anchor_slope", "lemma.attained_gradient", "lemma.cauchy_pair", "lemma.corner_ball", "lemma.corner_space",
    "lemma.balanced_cells", "lemma.free_cells", "lemma.mean_slope", "lemma.signed_sum", "lemma.slopes_ordered", "lemma.steep_gradient",
    *WITHOUT,
)
FROM_OTHERS = {
    "lemma.rayleigh": {"lemma.form_max"}, "lemma.form_min": {"lemma.form_max"}, "lemma.eigenvalue_spread": {"lemma.form_least"},
    "lemma.centred_gram": {"lemma.form_max", "lemma.form_least"}, "lemma.eigsum_weights": {"lemma.form_max", "lemma.form_least"},
    "lemma.hoeffding_signs": {"lemma.mcdiarmid"}, "lemma.hoeffding_mean": {"lemma.mcdiarmid"},
    "lemma.matrix_rademacher_outer": {"lemma.matrix_rademacher"}, "lemma.schur_gram": {"lemma.form_max", "lemma.form_least"},
    "lemma.centred_activation": {"lemma.kantorovich_line"},
}
FALSE = [(id, variant.name) for id in (*DERIVED, *FROM_OTHERS) for variant in find_search(id).false if variant.change is not None]


def lemma(id: str) -> Lemma:
    """The lemma of that id."""
    return named_lemmas()[id]


def twin(id: str, name: str) -> Lemma:
    """The false copy of that name."""
    change = next(v.change for v in find_search(id).false if v.name == name)
    assert change is not None
    return replace(lemma(id), conclusion=change(lemma(id).conclusion))


@pytest.mark.parametrize("id", DERIVED)
def test_rests_on_nothing(id: str) -> None:
    assert schema_of(lemma(id)).cited == frozenset()


@pytest.mark.parametrize("id", FROM_OTHERS)
def test_rests_on_what_its_derivation_cites(id: str) -> None:
    assert {CITED[content] for content in schema_of(lemma(id)).cited} == FROM_OTHERS[id]


def test_every_derived_lemma_is_tested() -> None:
    assert {*DERIVED, *FROM_OTHERS} == {own.id for own in named_lemmas().values() if own.derivation is not None}


@pytest.mark.parametrize("id", (*DERIVED, *FROM_OTHERS))
def test_has_a_false_copy(id: str) -> None:
    assert any(own == id for own, _ in FALSE) or id in WITHOUT


@pytest.mark.parametrize("id", WITHOUT)
def test_a_bound_on_f_does_not_make_it_lipschitz(id: str) -> None:
    network, = lemma(id).hypotheses
    assert isinstance(network, ForAll)
    bounded = network.func(le(network.body.lhs, network.body.rhs), *network.limits)
    with pytest.raises((Refused, BadData, NotDerived)):
        written(replace(lemma(id), hypotheses=(bounded,)))


@pytest.mark.parametrize("id, name", FALSE)
def test_the_derivation_of_a_false_copy_is_refused(id: str, name: str) -> None:
    with pytest.raises((Refused, BadData, NotDerived)):
        written(twin(id, name))


@pytest.mark.parametrize("id, name", FALSE)
def test_the_kernel_does_not_restate_a_lemma_as_a_false_copy(id: str, name: str) -> None:
    derived = written(lemma(id)).derived
    with pytest.raises(Refused, match="normal form"):
        derived.script.restate(derived.line, elaborate(twin(id, name).conclusion))


def test_no_cited_lemma_calls_itself_elementary() -> None:
    cited = [own for own in named_lemmas().values() if own.kind is LemmaKind.TEXTBOOK]
    assert cited and not [own.id for own in cited if own.source.work.startswith("elementary") or own.derivation is not None]


def test_a_lemma_rests_on_itself_and_on_what_it_uses() -> None:
    assert basis(lemma("lemma.gram_norm")) >= {"lemma.gram_norm", "lemma.cauchy", "lemma.rayleigh", "lemma.form_max"}
