"""What the generic builder will do for a claim: its symbols by sort, the needs of each, and whether a builder knows every combination."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from theory.claim import Claim
from theory.errors import BadData
from theory.terms import Activation, Formula, Function, Le, MatrixSymbol, NonnegativeTable, Symbol, VectorSymbol
from theory.terms.circle import CircleSlope, OppositeGap, SignChanges
from theory.terms.printing.text import text
from theory.terms.tensors import TensorSymbol
from verify.trials.property.strategies.parameters import Values, numbers_of, require_hypothesis, tuples_of
from verify.trials.spaces.needs import FITS, FORMS, Need, recognised

# the combinations of needs of one symbol that are met together
MET: dict[type, tuple[frozenset[str], ...]] = {
    MatrixSymbol: tuple(map(frozenset, (
        (), ("unit rows",), ("rows in ball",), ("orthonormal rows",), ("orthonormal rows", "unit rows"), ("independent rows",),
        ("independent rows", "unit rows"), ("independent rows", "orthonormal rows"), ("symmetric",), ("rank at most",),
        ("symmetric", "rank at most"), ("projection",), ("projection", "symmetric")))),
    VectorSymbol: tuple(map(frozenset, (
        (), ("signs",), ("zero",), ("nonnegative",), ("unit vector",), ("vector in ball",), ("entries bounded",), ("probabilities",),
        ("nonnegative", "probabilities")))),
    NonnegativeTable: tuple(map(frozenset, ((), ("total one",), ("opposite pairs",), ("total one", "opposite pairs")))),
    TensorSymbol: (frozenset(), frozenset({"symmetric tensor"})),
    Activation: tuple(map(frozenset, ((), ("homogeneous",), ("Lipschitz",), ("polynomial",), ("homogeneous", "Lipschitz")))),
    Function: tuple(map(frozenset, (
        (), ("Lipschitz on R^d",), ("Lipschitz on a bounded set",), ("Lipschitz on R^d", "Lipschitz on a bounded set")))),
}


@dataclass(frozen=True)
class Plan:
    """The symbols of a claim without one hypothesis, the small tuples of its numbers, and its needs by kind."""

    claim: str
    leaves: tuple[Any, ...]
    tuples: list[Values]
    needs: tuple[Need, ...]
    owned: Mapping[Any, frozenset[str]] = field(default_factory=dict)

    def of(self, kind: str, leaf: Any = None, place: int = 0) -> Need | None:
        """The need of that kind (of that symbol at that place), or None."""
        return next((q for q in self.needs if q.kind == kind and leaf in (None, q.leaves[place])), None)

    def has(self, leaf: Any, kind: str) -> bool:
        """Whether a need of one symbol is asked of it."""
        return kind in self.owned.get(leaf, frozenset())


def unknown_hypotheses(claim: Claim, drop: str | None = None) -> tuple[str, ...]:
    """The names of the hypotheses that the generic builder does not know; empty does not promise that it can combine the others.

    >>> from theory import find_claim
    >>> unknown_hypotheses(find_claim("bln.s32.fit"))
    ('network', 'scaled', 'coherent')
    """
    require_hypothesis(claim, drop)
    return tuple(h.name for h in claim.hypotheses if h.name != drop and recognised(h.formula) is None)


def plan_of(claim: Claim, drop: str | None = None) -> Plan:
    """The plan, or BadData naming what no builder knows."""
    unknown = unknown_hypotheses(claim, drop)
    if unknown:
        said = text(claim.hypothesis(unknown[0]).formula)
        raise BadData(f"no builder knows the hypothesis {unknown[0]!r} of {claim.id}, {said}; "
                      "give a lawbook.Measurement that draws instances")
    kept = [h for h in claim.hypotheses if h.name != drop]
    needs = tuple(need for h in kept if (need := recognised(h.formula)) is not None and need.kind != "numbers")
    named = set(claim.conclusion.free_symbols).union(*(h.formula.free_symbols for h in kept))
    leaves = tuple(sorted((s for s in named if not isinstance(s, Symbol)), key=lambda s: (type(s).__name__, s.name)))
    single = [q for q in needs if q.kind not in (*FORMS, *FITS, "depends only on")]
    owned = {leaf: frozenset(q.kind for q in single if q.leaves[0] == leaf) for leaf in leaves}
    plan = Plan(claim.id, leaves, [], needs, owned)
    circle = claim.conclusion.atoms(SignChanges, OppositeGap, CircleSlope)
    problems = [f"positions on the circle, which {circle.pop()} needs,"] if circle else _problems(plan)
    for problem in problems:
        raise BadData(f"no builder meets {problem} in {claim.id}; give a lawbook.Measurement that draws instances")
    numbers, constraints = numbers_of(claim, drop)
    return Plan(claim.id, leaves, tuples_of(numbers, [*constraints, *_size_limits(plan)]), needs, owned)


def _problems(plan: Plan) -> list[str]:
    """Combinations of needs that no builder meets, in words."""
    found = []
    for leaf in plan.leaves:
        if type(leaf) not in MET:
            found.append(f"the symbol {leaf} of sort {type(leaf).__name__}")
        elif plan.owned[leaf] not in MET[type(leaf)]:
            found.append(f"{', '.join(sorted(plan.owned[leaf]))} of {leaf} together")
    for f in (leaf for leaf in plan.leaves if isinstance(leaf, Function)):
        forms = [q.kind for q in plan.needs if q.kind in (*FORMS, "depends only on") and q.leaves[0] == f]
        if len(forms) > 1:
            found.append(f"{' and '.join(forms)} of {f} together")
        steep = [*(kind for kind in forms if kind in ("quadratic form", "tensor form")),
                 *(q.kind for q in plan.needs if q.kind == "polynomial")]
        if steep and plan.has(f, "Lipschitz on R^d"):
            found.append(f"the {steep[0]} and a Lipschitz constant on R^d of {f} together")
    fits = [q for q in plan.needs if q.kind in FITS]
    if len(fits) > 1:
        found.append(f"{len(fits)} fits together")
    return found + [problem for fit in fits for problem in _fit_problems(plan, fit)]


def _fit_problems(plan: Plan, fit: Need) -> list[str]:
    subject, X, y = fit.leaves
    form = form_of(plan, subject) if fit.kind == "fits" else None
    signed = plan.has(y, "signs")
    problems = []
    if plan.owned[y] - {"signs"}:
        problems.append(f"{', '.join(sorted(plan.owned[y]))} of the labels {y} of a fit")
    ball = plan.of("rows in ball", X)
    if plan.owned[X] - {"unit rows", "rows in ball"} or (ball and not (ball.bound.is_Rational and ball.bound >= 1)):
        problems.append(f"{', '.join(sorted(plan.owned[X]))} of the data {X} of a fit")
    weights = {"network": (1, {"independent rows"}), "quadratic form": (1, {"symmetric", "rank at most"}),
               "tensor form": (1, {"symmetric tensor"}), "linear form": (1, set())}
    if form is not None and signed:
        place, met = weights[form.kind]
        if plan.owned[form.leaves[place]] - met:
            problems.append(f"{', '.join(sorted(plan.owned[form.leaves[place]]))} of {form.leaves[place]} in a fit of signs")
        if form.kind == "network" and (plan.owned[form.leaves[2]] - {"zero"} or plan.owned[form.leaves[3]]):
            problems.append(f"the needs of {form.leaves[2]} and {form.leaves[3]} in a fit of signs")
    if fit.kind == "quadratic fit" and signed and plan.owned[subject] - {"symmetric", "rank at most"}:
        problems.append(f"{', '.join(sorted(plan.owned[subject]))} of {subject} in a fit of signs")
    if (fit.kind == "linear fit" or (form is not None and form.kind == "linear form")) and signed:
        problems.append("a linear fit of signs")
    if plan.of("opposite pairs", y, 1) and (form is not None or fit.kind != "fits"):
        problems.append("weights on opposite pairs of a fit with a given form")
    return problems


def form_of(plan: Plan, f: Any) -> Need | None:
    """How a function is given, or None."""
    return next((q for q in plan.needs if q.kind in FORMS and q.leaves[0] == f), None)


def _size_limits(plan: Plan) -> list[Formula]:
    """What the builders ask of the sizes: k ≤ d for independent rows, r ≤ d for a projection, two points for opposite pairs."""
    limits: list[Formula] = []
    for need in plan.needs:
        if need.kind in ("independent rows", "orthonormal rows"):
            limits.append(Le(*need.leaves[0].shape))
        if need.kind == "projection":
            limits.append(Le(need.leaves[1], need.leaves[0].shape[0]))
        if need.kind == "opposite pairs":
            limits.append(Le(2, need.leaves[1].dim))
    return limits
