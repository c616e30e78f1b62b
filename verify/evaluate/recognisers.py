"""Suprema with computable enclosures: R, R_b and V of the two-layer laws, and slopes, recognised by form.

R   = sup_{‖u‖=1} |Σ_i c_i ψ(u·x_i)|            (also without the modulus)
R_b = sup_{‖u‖=1, β} |Σ_i c_i ψ(u·x_i + β)|     (β on the line or in an interval)
V   = sup_{‖u‖=1} ∫ |Σ_i c_i 1[u·x_i ≤ t]| dt   (also with <)
the largest slope of an activation, or that of −ψ

ψ is an activation with two slopes, or |t|, or t itself.  The bodies of R and R_b are brought to normal form first, so
every combination of sums of one ψ is recognised, such as Σ z_i(ψ(u·x_i + β) − ψ(β)) with z_i = y_i − ȳ.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from sympy import Add, Integer, Mul

from theory.errors import BadData, NotCertified
from theory.terms import LINE, Abs, Le, Lt, Range, Sphere, Sum, Symbol, VectorSymbol, dot, index, largest_fall, largest_slope, zero
from theory.terms.arithmetic import guided, simplified
from theory.terms.elaborate import same
from theory.terms.linear import IndexedSum
from theory.terms.matching import Pattern, match_first
from theory.terms.normal import Normaliser
from theory.terms.scalars import Apply, Dot, Indicator, LineIntegral, Sup
from theory.terms.schema import Family, Template, VectorFamily
from theory.terms.sets import Interval as RealInterval
from theory.terms.sorts import META, names_in, open_binder, rename_variable, replace
from verify.evaluate.domains import open_range, scalar_ends
from verify.evaluate.functions import activation_object
from verify.evaluate.scope import Env, Scope, compiled
from verify.evaluate.sup import Plan, register_sup
from verify.evaluate.suprema.reading import weighted_supremum
from verify.evaluate.values import ULP, VectorValue


@dataclass(frozen=True)
class NeuronSum:
    """coefficient · Σ_{i ≤ size} weight_i ψ(u·point_i + bias_i·β); size None is a single term.

    `weight`, `point` and `bias` depend on `variable`; `kind` is an activation, or "abs", or "linear".
    """

    coefficient: Any
    weight: Any
    kind: Any
    point: Any
    bias: Any
    variable: Any = None
    size: Any = None


@register_sup
def recognise(term: Sup, scope: Scope) -> Plan | None:
    """A plan for R, R_b or V, or None."""
    outer = scope.open_in(term)
    # the normaliser names bound variables anew, so variables of outer binders get names that it never uses
    renamed = {v: rename_variable(v, f"{META}outer{position}") for position, v in enumerate(outer)}
    axes = dict(scope.pairs)
    inside = Scope(tuple((new, axes[old]) for old, new in renamed.items()), scope.depth)
    plan = _plan(_read(replace(term, renamed)), inside)
    if plan is None:
        return None

    def run(env: Env) -> tuple[float, float]:
        bound = {new: env.bound[old] for old, new in renamed.items()}
        return plan(env.child(bound, {renamed[v]: env.indices[v] for v in outer if v in env.indices}))

    return run


@register_sup
def extreme_slope(term: Sup, scope: Scope) -> Plan | None:
    """An end of the interval of slopes of an activation, which holds all its difference quotients and no less."""
    found = [(psi, sign) for psi in activations_in(term) for form, sign in ((largest_slope, 1), (largest_fall, -1)) if term == form(psi)]
    if not found:
        return None
    psi, sign = found[0]

    def plan(env: Env) -> tuple[float, float]:
        slopes = getattr(activation_object(psi, env), "slopes", None)
        if slopes is None:
            raise NotCertified(f"the slopes of {psi.name} are not bounded, or not known")
        value = max(sign * slope for slope in slopes)
        return value * (1 - 4 * ULP * np.sign(value)), value * (1 + 4 * ULP * np.sign(value))

    return plan


def activations_in(term: Any) -> set[Any]:
    """The activations of which a term takes values."""
    return {part.args[0] for part in sympy.preorder_traversal(term) if isinstance(part, Apply)}


def _read(term: Sup) -> Sup:
    """What sympy reads, which is easier to recognise, where it is the same at every instance; else what is written."""
    read: Sup = simplified(term)
    try:
        return read if same(term, read) else term
    except BadData:                                       # a term that proofs do not know
        return term


@guided
def _plan(term: Sup, scope: Scope) -> Plan | None:
    fresh, body = open_binder(term, names_in(term))
    spheres = [v for v, d in zip(fresh, term.domains, strict=True) if type(d) is Sphere]
    shifts = [(v, d) for v, d in zip(fresh, term.domains, strict=True) if isinstance(d, RealInterval) or d == LINE]
    if len(spheres) != 1 or len(shifts) > 1 or len(fresh) != len(spheres) + len(shifts):
        return None
    if isinstance(body, LineIntegral):
        return None if shifts else _transport_plan(body, spheres[0], scope)
    modulus = isinstance(body, sympy.Abs)
    unknowns = _Unknowns(spheres[0], shifts[0][0] if shifts else None)
    pieces = unknowns.pieces(Normaliser().scalar(body.args[0] if modulus else body))
    if not pieces or len({piece.kind for piece in pieces}) > 1:
        return None
    interval = shifts[0][1].args if shifts and isinstance(shifts[0][1], RealInterval) else ()
    return _weighted_plan(pieces, bool(shifts), [compiled(end, scope) for end in interval], scope, modulus=modulus)


def _weighted_plan(pieces: list[NeuronSum], biased: bool, ends_of: list[Any], scope: Scope, *, modulus: bool) -> Plan:
    nodes = [_piece_values(piece, scope) for piece in pieces]
    kind = pieces[0].kind

    def plan(env: Env) -> tuple[float, float]:
        c, c_error, x, x_error, q = (
            np.concatenate(parts) for parts in zip(*(node(env) for node in nodes), strict=True)
        )
        slopes = _slopes(kind, env)
        ends = tuple(scalar_ends(node(env))[side] for node, side in zip(ends_of, (1, 0), strict=False))
        if slopes[0] != slopes[1] and biased and not np.all(q == 1):
            raise NotCertified("the bias enters some terms with another factor than 1; no enclosure is known")
        key = ("supremum", biased, modulus, c.tobytes(), x.tobytes(), q.tobytes(), slopes, ends)
        if key not in env.run.memo:
            env.run.memo[key] = weighted_supremum(x, c, q, slopes, ends if biased else None, modulus=modulus)
        lower, upper = env.run.memo[key]
        # moving x_i by δ changes the supremum by at most L|c_i|δ, and c_i by η by at most L·η times the reach of x_i
        reach = np.linalg.norm(x, axis=1) * (2 if biased else 1)
        slack = max(map(abs, slopes)) * float(np.sum(np.abs(c) * x_error + c_error * reach))
        return lower - slack, upper + slack

    return plan


def _transport_plan(body: LineIntegral, u: Any, scope: Scope) -> Plan | None:
    """V: the integrand is |Σ c_i 1[u·x_i ≤ t]|, or the same with <."""
    binding = next((b for b in (match_first(p, body, {_U: u}) for p in _STEPS) if b is not None), None)
    if binding is None or u in binding[_C].body.free_symbols or u in binding[_X].body.free_symbols:
        return None
    coefficients, points = (family_values(binding[part], binding[_SIZE], scope) for part in (_C, _X))

    def plan(env: Env) -> tuple[float, float]:
        from verify.evaluate import suprema

        (c, c_error), (x, x_error) = coefficients(env), points(env)
        found = suprema.transport_supremum(x, c)
        slack = float(np.sum(np.abs(c) * x_error + 2 * c_error * np.linalg.norm(x, axis=1)))
        return found.lower - slack, found.upper + slack

    return plan


_DIM, _SIZE = (Symbol(f"{META}{name}", integer=True, positive=True) for name in ("dim", "size"))
_C, _X, _U = Family(f"{META}c"), VectorFamily(f"{META}x", _DIM), VectorSymbol(f"{META}u", _DIM)
_I, _T = index("i"), Symbol("t", real=True)
_STEPS = tuple(
    Pattern(
        LineIntegral(Abs(Sum(_C(_I) * Indicator(relation(dot(_U, _X(_I)), _T)), (_I, _SIZE))), (_T, LINE)),
        frozenset({_DIM, _SIZE, _C, _X, _U}),
    )
    for relation in (Le, Lt)
)


@dataclass(frozen=True)
class _Unknowns:
    """The unit vector and the bias of a supremum, and the parts of a term that are linear in them."""

    u: Any
    beta: Any

    def touches(self, term: Any) -> bool:
        return bool({self.u, self.beta} & term.free_symbols)

    def pieces(self, total: Any) -> list[NeuronSum] | None:
        """A normal form as a combination of pieces; None if it is not one."""
        found = [self._piece(monomial) for monomial in Add.make_args(total)]
        return None if any(piece is None for piece in found) else [piece for piece in found if piece is not None]

    def _piece(self, monomial: Any) -> NeuronSum | None:
        outside, inside = self._factors(monomial)
        if len(inside) != 1:
            return None
        if not isinstance(inside[0], IndexedSum):
            return self._atom(inside[0], outside, Integer(1))
        if len(inside[0].limits) != 1:
            return None
        (variable,), body = open_binder(inside[0], names_in(inside[0]) | names_in(monomial))
        weight, atoms = self._factors(body)
        piece = self._atom(atoms[0], outside, weight) if len(atoms) == 1 else None
        return None if piece is None else dataclasses.replace(piece, variable=variable, size=inside[0].domains[0].size)

    def _factors(self, product: Any) -> tuple[Any, list[Any]]:
        factors = Mul.make_args(product)
        return Mul(*(f for f in factors if not self.touches(f))), [f for f in factors if self.touches(f)]

    def _atom(self, atom: Any, coefficient: Any, weight: Any) -> NeuronSum | None:
        kind, argument = "linear", atom
        if isinstance(atom, sympy.Abs):
            kind, argument = "abs", atom.args[0]
        elif isinstance(atom, Apply):
            kind, argument = atom.args[0], atom.args[1]
        linear = self._linear(argument)
        return None if linear is None else NeuronSum(coefficient, weight, kind, *linear)

    def _linear(self, argument: Any) -> tuple[Any, Any] | None:
        """(p, q) with argument = u·p + qβ, or None."""
        point, bias = zero(self.u.dim), Integer(0)
        for monomial in Add.make_args(argument):
            outside, inside = self._factors(monomial)
            if len(inside) != 1:
                return None
            if inside[0] == self.beta:
                bias = bias + outside
            elif isinstance(inside[0], Dot) and self.u in inside[0].args and inside[0].args[0] != inside[0].args[1]:
                other = inside[0].args[1 - inside[0].args.index(self.u)]
                if self.touches(other):
                    return None
                point = point + other * outside
            else:
                return None
        return point, bias


def _piece_values(piece: NeuronSum, scope: Scope) -> Callable[[Env], tuple[Any, Any, Any, Any, Any]]:
    """Weights with their errors, points with their errors, and bias factors of a piece, as arrays."""
    coefficient = compiled(piece.coefficient, scope)
    variable = index(f"{META}single") if piece.variable is None else piece.variable
    size = Integer(1) if piece.size is None else piece.size
    parts = [family_values(Template((variable,), t), size, scope) for t in (piece.weight, piece.point, piece.bias)]

    def run(env: Env) -> tuple[Any, Any, Any, Any, Any]:
        scale = coefficient(env)
        (w, w_error), (x, x_error), (q, _) = (part(env) for part in parts)
        if not scale.is_point:
            raise NotCertified("a coefficient of a supremum is an interval; no enclosure is computed")
        factor, slack = float(np.ravel(scale.lower)[0]), float(np.ravel(scale.error)[0])
        return factor * w, abs(factor) * w_error + slack * (np.abs(w) + w_error), x, x_error, q

    return run


def _slopes(kind: Any, env: Env) -> tuple[float, float]:
    """The slopes of |t|, of t, or of a positively homogeneous activation on the two sides of 0."""
    if isinstance(kind, str):
        return (-1.0, 1.0) if kind == "abs" else (1.0, 1.0)
    kink = getattr(activation_object(kind, env), "kink", None)
    if kink is None:
        raise NotCertified("the supremum is enclosed for activations with two slopes and ψ(0) = 0 only")
    return float(kink[0]), float(kink[0] + kink[1])


def family_values(template: Template, size: Any, scope: Scope) -> Callable[[Env], tuple[Any, Any]]:
    """The members 1, …, n of a family, numbers (n) or vectors (n×dim), and their errors (n).

    Outer variables have one value each.
    """
    (variable,) = template.variables
    enter = open_range(variable, Range(size), scope)
    axis, body = scope.depth, compiled(template.body, scope.open(variable))

    def spread(array: Any, length: int, components: int) -> Any:
        tail = np.shape(array)[np.ndim(array) - components :] if components else ()
        own = np.shape(array)[: np.ndim(array) - components]
        padded = np.reshape(array, (1,) * (axis + 1 - len(own)) + own + tail)
        return np.broadcast_to(padded, (length, *padded.shape[1:])).reshape((length, *tail))

    def run(env: Env) -> tuple[Any, Any]:
        inner, length, _ = enter(env)
        value = body(inner)
        vectors = isinstance(value, VectorValue)
        if not vectors and not value.is_point:
            raise NotCertified("a coefficient of a supremum is an interval; no enclosure is computed")
        array = np.ascontiguousarray(spread(value.array if vectors else value.lower, length, 1 if vectors else 0))
        return array, spread(value.error, length, 0)

    return run
