"""Claims: a statement with its source, its reading, the proofs offered for it, and its false twins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import Any

from theory.proof import Lemma, LemmaKind, Proof
from theory.source import Source
from theory.terms import Formula
from theory.terms.formula import require_formula


class Reading(Enum):
    """How the statement relates to the paper."""

    PRINTED = "as printed"       # exactly the paper's words, constants unspecified
    SHARP = "sharp"              # explicit constants and every hypothesis that the proof needs
    OURS = "ours"                # not in the paper
    TEMPTING = "tempting"        # a natural strengthening that is false; kept with its counterexample


class NormDomain(Enum):
    """What the bounded quantity is the Lipschitz constant of; results for one domain do not carry over to another."""

    GLOBAL = "global"            # R^d
    BALL = "ball"                # the closed unit ball
    SPHERE = "sphere"            # the unit sphere, chord metric
    PROXY = "proxy"              # an upper bound on the global constant, such as L‖a‖‖W‖_op
    DATA = "data"                # no Lipschitz constant: a statement about the data alone


@dataclass(frozen=True)
class Hypothesis:
    """A named assumption; ``text`` says it in words."""

    name: str
    formula: Formula
    text: str = ""

    def __post_init__(self) -> None:
        require_formula(self.formula, f"the hypothesis {self.name!r}")


@dataclass(frozen=True)
class Constant:
    """A universal constant that the source leaves unspecified, with a value for which the claim is proved, if one is known."""

    name: str
    value: str = ""


@dataclass(frozen=True)
class Chance:
    """"With probability at least 1 − failure over these random variables": how a printed statement is quantified.

    The event is that the conclusion holds for every object that satisfies the hypotheses; for the objects named in ``some``, that one of
    them satisfies the hypotheses and the conclusion.  ``failure`` is None for "with high probability": it tends to 0 as the dimensions
    grow.
    """

    failure: Any
    over: tuple[tuple[Any, Any], ...]
    some: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Audit:
    """What is wrong, slack or unproved in a printed statement or its printed proof, and the repair.

    ``finding`` is one clause, which stands alone where there is no room for the ``detail``, its reasons in some more words.
    ``shown_by`` and ``sharp`` are ids of claims: the statuses that establish the finding, and those of the repaired statement, are
    computed like all others and shown beside it.
    """

    finding: str
    shown_by: tuple[str, ...]
    repair: str
    sharp: tuple[str, ...]
    detail: str = ""

    @property
    def words(self) -> str:
        """The finding with its detail."""
        return f"{self.finding}: {self.detail}" if self.detail else self.finding


@dataclass(frozen=True)
class Twin:
    """A false copy of a claim: it must not pass.  ``flaw`` says what is wrong with it."""

    name: str
    flaw: str
    claim: Claim


@dataclass(frozen=True)
class Claim:
    """A statement of the form: hypotheses ⇒ conclusion, for all values of its symbols.

    ``where`` names subterms for display only.  ``proofs`` may be empty: the claim is then OPEN unless it is refuted.  With a ``chance``
    it is asserted with a probability only; a proof of it then shows it for all values.  ``special_cases`` of a conjecture are the ids of
    claims that settle a part of it.
    """

    id: str
    title: str
    source: Source
    reading: Reading
    domain: NormDomain
    hypotheses: tuple[Hypothesis, ...]
    conclusion: Formula
    proofs: tuple[Proof, ...] = ()
    where: Mapping[str, Any] = field(default_factory=dict)
    constants: tuple[Constant, ...] = ()
    twins: tuple[Twin, ...] = ()
    note: str = ""
    chance: Chance | None = None
    audits: tuple[Audit, ...] = ()
    special_cases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_formula(self.conclusion, f"the conclusion of {self.id}")

    def hypothesis(self, name: str) -> Hypothesis:
        """The hypothesis of that name."""
        return next(h for h in self.hypotheses if h.name == name)

    @property
    def facts(self) -> dict[str, Formula]:
        """All facts by name: hypotheses, steps of all proofs, and the conclusion."""
        facts = {h.name: h.formula for h in self.hypotheses}
        facts |= {s.name: s.formula for p in self.proofs for s in p.steps}
        return facts | {"conclusion": self.conclusion}

    @cached_property
    def as_lemma(self) -> Lemma:
        """This claim as a lemma for other proofs, which then rest on what its first proof rests on."""
        return Lemma(self.id, self.title, self.source, LemmaKind.OURS, self.conclusion, tuple(h.formula for h in self.hypotheses),
                     self.proofs[0] if self.proofs else None, tuple(h.name for h in self.hypotheses))

    def dropping(self, name: str, flaw: str) -> Twin:
        """The twin without one hypothesis, and the same proofs."""
        kept = tuple(h for h in self.hypotheses if h.name != name)
        return Twin(f"without {name}", flaw, replace(self, id=f"{self.id}~without-{name}", hypotheses=kept, twins=()))

    def claiming(self, name: str, conclusion: Formula, flaw: str) -> Twin:
        """The twin with another conclusion; the last step of every proof is made to state it."""
        proofs = tuple(Proof(p.author, (*p.steps[:-1], replace(p.steps[-1], formula=conclusion))) for p in self.proofs)
        return Twin(name, flaw, replace(self, id=f"{self.id}~{name.replace(' ', '-')}", conclusion=conclusion, proofs=proofs, twins=()))

    def with_twins(self, *twins: Twin) -> Claim:
        """This claim with false twins attached."""
        return replace(self, twins=(*self.twins, *twins))
