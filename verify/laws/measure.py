"""How a claim is measured: the instances on which its statement and every fact of its proofs are evaluated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sympy import Expr

from theory.claim import Claim, Hypothesis
from theory.proof import Step
from theory.terms import Symbol
from verify.objects.instance import Instance


@dataclass(frozen=True)
class RefutingFamily:
    """Exact instances M ↦ member(M), and a formula in M that the ratio of the two sides, at constant 1, exceeds.

    It refutes where that is shown for every M from one on.  Without ``sizes``: by the general member, see
    `verify.trials.refutation.general_member`.  With ``sizes`` (values of n, d, k, … in M): by ``failing``, a proved claim, and ``steps``,
    about ``objects`` (the entries or values of arrays and functions as terms, such as ``{W: lambda l: v}``) and about others of which
    ``assumes`` says what is asked; that such exist is checked, see `verify.trials.refutation.existence`.

    Against a statement with a `Chance` single members show nothing: ``failing`` says that the ratio is reached for every draw.  Its
    hypotheses on the data and labels that the laws do not imply form an event of probability at least ``share``.  Where that event is
    no statement about signs, ``failing`` concludes itself that the printed inequality fails with probability at least ``share``.
    """

    member: Callable[[int], Instance]
    ratio: Expr
    parameter: Symbol
    failing: Claim | None = None
    sizes: Mapping[Symbol, Any] = field(default_factory=dict)
    share: Any = 1
    objects: Mapping[Any, Callable[..., Any]] = field(default_factory=dict)
    assumes: tuple[Hypothesis, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Counterexample:
    """An instance with exact rational numbers at which the statement is false although its hypotheses hold.

    ``breaks`` names the hypothesis of the repaired statement that the instance violates, or says that none is violated.  A claim
    with an open constant is refuted by a ``family`` along which the constant would have to tend to infinity.
    """

    instance: Instance
    breaks: str
    words: str
    family: RefutingFamily | None = None


@dataclass(frozen=True)
class Measurement:
    """The numeric twin of a claim.

    ``draw`` builds one random instance that satisfies the hypotheses (never by filtering); ``corners`` are fixed adversarial
    instances (repeated directions, unbalanced labels, n=1, d=1, k>d, near-ties); ``refutation`` is an exact instance at which a
    printed or tempting statement fails; ``from_fit`` builds the instance of a user's network and data, or raises HypothesisViolated
    with the hypothesis that does not hold.  ``twin_draws`` gives, by the twin's name, instances on which that false twin fails.
    """

    claim: str
    draw: Callable[[np.random.Generator], Instance]
    corners: tuple[Callable[[], Instance], ...] = ()
    refutation: Callable[[], Counterexample] | None = None
    from_fit: Callable[[Any, Any], Instance] | None = None
    twin_draws: Mapping[str, Callable[[np.random.Generator], Instance]] = field(default_factory=dict)
