"""What a claim is about: its arrays and numbers, its orders, and what its laws say of every draw."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from sympy import Pow

from theory.claim import Claim, Hypothesis
from theory.errors import BadData
from theory.terms import MatrixSymbol, Range, Symbol, VectorSymbol, eq, forall, index, norm
from theory.terms.formula import Property
from theory.terms.linear import NonnegativeTable
from theory.terms.sets import Signs, SphereRows
from theory.terms.tensors import InjectiveNorm, TensorPower, TensorSymbol
from verify.trials.spaces.needs import Need


def require_names(claim: Claim) -> None:
    """BadData unless each hypothesis has a name of its own: by it a hypothesis is dropped, and is known to be built in.

    >>> from theory import find_claim
    >>> require_names(find_claim("bln.thm5.sharp"))
    """
    names = [h.name for h in claim.hypotheses]
    for name in names:
        if not name or names.count(name) > 1:
            said = "a hypothesis without a name" if not name else f"{names.count(name)} hypotheses named {name!r}"
            raise BadData(f"{claim.id} has {said}; give each hypothesis a name of its own")


def nonzero(rows: Any) -> Any:
    """The rows, e_1 in place of those that are 0, where no label but 0 is fitted by most functions."""
    changed = rows.copy()
    changed[[not any(row) for row in rows], 0] = Fraction(1)
    return changed


def oriented(formula: Any) -> Need | None:
    """(W, b) in oriented canonical form: there is a repair for the offsets."""
    if not isinstance(formula, Property) or formula.name != "oriented canonical form":
        return None
    W, b = formula.objects
    return Need("oriented", (W, b)) if isinstance(W, MatrixSymbol) and isinstance(b, VectorSymbol) else None


def is_nonnegative(leaf: Any) -> bool:
    """Whether all entries must be nonnegative."""
    return isinstance(leaf, NonnegativeTable) or bool(getattr(leaf, "is_nonnegative", False))


def is_leaf(symbol: Any) -> bool:
    """Whether a symbol stands for an array of numbers or for a number that is no size."""
    return isinstance(symbol, (VectorSymbol, MatrixSymbol, TensorSymbol)) or (isinstance(symbol, Symbol) and not symbol.is_integer)


def orders(formula: Any) -> set[Any]:
    """The sizes that occur as exponents or as orders of tensors: arrays grow exponentially with them."""
    found: set[Any] = set()
    for term in formula.atoms(Pow, TensorPower, TensorSymbol, InjectiveNorm):
        found |= term.args[-1].free_symbols
    return {s for s in found if isinstance(s, Symbol) and s.is_integer}


def laws(claim: Claim) -> Iterator[Hypothesis]:
    """What holds for every draw of a statement with a probability, as hypotheses."""
    i = index("i")
    for variable, law in claim.chance.over if claim.chance else ():
        if isinstance(law, Signs):
            yield Hypothesis(f"law of {variable.name}", forall(eq(variable[i] ** 2, 1), (i, Range(law.size))))
        elif type(law) is SphereRows:
            yield Hypothesis(f"law of {variable.name}", forall(eq(norm(variable[i]), 1), (i, Range(law.args[0]))))
