"""The functions of a claim by what defines them: the equation of a hypothesis, or a small network of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sympy import Integer

from theory.claim import Hypothesis
from theory.terms import Eq, ForAll, Indicator, MatrixSymbol, Space, Sum, Symbol, VectorSymbol, dot, index, lt, relu
from theory.terms.scalars import Function, Value
from theory.terms.sorts import Binder, names_in, open_binder, replace

OWN_NEURONS = 2         # of a function that no hypothesis defines
Definitions = dict[Any, tuple[Any, Any, str]]           # f ↦ (x, the body of f(x), the name of the hypothesis; "" for a network of its own)


def definitions_of(hypotheses: Sequence[Hypothesis], free: set[Any], projections: Mapping[Any, Any],
                   may_jump: Collection[Any] = (), tabled: Collection[Any] = ()) -> Definitions:
    """Functions by their definition f(x) = body, the defined functions in it replaced by theirs; all others are small ReLU networks.

    An equation that would make a circle, f(x) = g(x) and g(x) = f(x), defines nothing and is looked at on the finished instance.

    Args: the hypotheses; the symbols of the claim; P for the functions that depend on x only through Px: their networks see Px; the
    functions that need not be Lipschitz: theirs have a jump h·1[0 < u·x] besides; the functions of which values are chosen: they have none.

    >>> from theory import find_claim
    >>> claim = find_claim("bln.thm9.tempting_sphere")
    >>> definitions = definitions_of(claim.hypotheses, set().union(*(h.formula.free_symbols for h in claim.hypotheses)), {})
    >>> [(f.name, name) for f, (_, _, name) in definitions.items()]
    [('f', 'quadratic')]
    """
    found: Definitions = {}
    for hypothesis in hypotheses:
        formula = hypothesis.formula
        if isinstance(formula, ForAll) and len(formula.limits) == 1 and isinstance(formula.domains[0], Space):
            (x,), body = open_binder(formula, names_in(formula))
            if isinstance(body, Eq) and isinstance(body.lhs, Value) and body.lhs.args[1] == x:
                f = body.lhs.args[0]
                if f not in found and not _rests_on(body.rhs, f, found):
                    found[f] = (x, body.rhs, hypothesis.name)
    functions = free.union(*(body.free_symbols for _, body, _ in found.values()))
    for f in sorted((s for s in functions if isinstance(s, Function) and s not in found and s not in tabled), key=lambda s: s.name):
        own, x, j = Integer(OWN_NEURONS), VectorSymbol(f"{f.name}.x", f.dim), index("j")
        W, a, b, v = (MatrixSymbol(f"{f.name}.W", own, f.dim), VectorSymbol(f"{f.name}.a", own), VectorSymbol(f"{f.name}.b", own),
                      VectorSymbol(f"{f.name}.v", f.dim))
        c, through = Symbol(f"{f.name}.c", real=True), projections.get(f)
        seen = x if through is None else through @ x
        body = Sum(a[j] * relu(dot(W[j], seen) + b[j]), (j, own)) + dot(v, seen) + c
        if f in may_jump:
            body = body + Symbol(f"{f.name}.h", real=True) * Indicator(lt(0, dot(VectorSymbol(f"{f.name}.u", f.dim), seen)))
        found[f] = (x, body, "")
    return {f: (x, expanded(body, found), name) for f, (x, body, name) in found.items()}


def _rests_on(term: Any, f: Any, found: Definitions) -> bool:
    """Whether a term speaks of f, or of a function that is defined by such a term."""
    return f in term.free_symbols or any(_rests_on(found[g][1], f, found) for g in term.free_symbols if g in found)


def expanded(term: Any, definitions: Definitions) -> Any:
    """The term with f(t) replaced by the body that defines f."""
    if isinstance(term, Value) and term.args[0] in definitions:
        x, body, _ = definitions[term.args[0]]
        return expanded(replace(body, {x: expanded(term.args[1], definitions)}), definitions)
    if isinstance(term, Binder) and term.atoms(Value):
        fresh, body = open_binder(term, names_in(term))
        return term.func(expanded(body, definitions), *zip(fresh, term.domains, strict=True))
    if not term.args or not getattr(term, "atoms", lambda k: ())(Value):
        return term
    return term.func(*(expanded(a, definitions) for a in term.args))
