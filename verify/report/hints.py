"""When a step does not follow: what the user may have meant, and how to say where it fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sympy import Expr, preorder_traversal

from theory.check import StepReport
from theory.proof import Lemma
from theory.registry import named_lemmas
from theory.terms.formula import ForAll, Relation
from theory.terms.matching import Pattern, match_first
from theory.terms.printing.layout import in_the_words_of
from theory.terms.printing.text import text
from theory.terms.schema import FAMILY_TERMS, instantiate
from theory.terms.sorts import Formula, names_in, open_binder
from verify.laws.claimfile import ClaimFile
from verify.ledger.entries import Entry
from verify.report.words import count, measured
from verify.trials.trial import FactTest

MOST = 2  # suggestions shown: more would be a list of the library


def suggestions(formula: Formula) -> tuple[tuple[str, str], ...]:
    """Library lemmas that bound the step's left side by what its right side speaks of: pairs (lemma id, what it gives), the shortest first.

    >>> from theory.terms import MatrixSymbol, d, fro_norm, k, le, op_norm
    >>> W = MatrixSymbol("W", k, d)
    >>> suggestions(le(fro_norm(W), op_norm(W)))[0]
    ('lemma.fro_rank', '‖W‖_F ≤ √rank(W) ‖W‖_op')
    """
    goal = formula
    if isinstance(goal, ForAll):
        goal = open_binder(goal, names_in(goal))[1]
    if not isinstance(goal, Relation):
        return ()
    wanted = _subterms(goal.rhs) - _subterms(goal.lhs)
    found = [(lemma.id, text(given)) for lemma in named_lemmas().values() for given in _given(lemma, goal)
             if not wanted or wanted & _subterms(given.rhs)]
    return tuple(sorted(found, key=lambda s: (len(s[1]), s))[:MOST])


def _subterms(term: Expr) -> set[Any]:
    """What a term speaks of: its parts, a symbol itself."""
    return {part for part in preorder_traversal(term) if not part.is_number and (part != term or not term.args)}


def _given(lemma: Lemma, goal: Relation) -> Iterator[Relation]:
    conclusion, variables = lemma.schema.conclusion, lemma.schema.variables
    if not isinstance(conclusion, Relation) or isinstance(conclusion.lhs, FAMILY_TERMS) or conclusion.lhs in variables:
        return                                     # a bare metavariable matches everything and says nothing
    binding = match_first(Pattern(conclusion.lhs, variables), goal.lhs)
    if binding is not None and not conclusion.free_symbols & variables - set(binding):      # a side still open says nothing either
        yield instantiate(conclusion, binding)


def failure_lines(entry: Entry, file: ClaimFile | None = None) -> list[str]:
    """For each proof that breaks, where, why, the smallest failing instance, and what may have been meant."""
    with in_the_words_of(entry.claim.where):
        return list(_failure_lines(entry, file))


def _failure_lines(entry: Entry, file: ClaimFile | None) -> Iterator[str]:
    for proof in entry.report.proofs:
        if proof.status.is_proof:
            continue
        failing = proof.first_failure
        place = "" if file is None else str(file.path)
        if failing is None:
            yield f"{place or entry.claim.id}  the proof of {entry.claim.id} fails: {proof.reason}"
            continue
        line = file.line_of(entry.claim.id, failing.step.name) if file else None
        place = f"{place}:{line}" if line else place or entry.claim.id
        yield f'{place}  step "{failing.step.name}" {_verb(entry, failing)}   {failing.verdict.reason}'
        yield from (f"    {more}" for more in _more(entry, failing))


def _verb(entry: Entry, failing: StepReport) -> str:
    fact = _fact(entry, failing)
    undecided = failing.verdict.status.value == "UNKNOWN" and not (fact is not None and fact.violations)
    return "is undecided." if undecided else "does not follow."


def _fact(entry: Entry, failing: StepReport) -> FactTest | None:
    return next((f for f in entry.facts if f.name == failing.step.name), None)


def _more(entry: Entry, failing: StepReport) -> list[str]:
    lines = [f"it says  {text(failing.step.formula, entry.claim.where)}"]
    fact = _fact(entry, failing)
    if fact is not None and fact.violations:
        where = f"; the smallest: {fact.worst}" if fact.worst else ""
        lines.append(f"it is false on {fact.violations} of {count(fact.instances, 'instance')}{where}")
    elif fact is not None and fact.instances:
        words = measured(replace(fact, min_margin=None))
        lines.append(f"measured: {words}" if fact.undecided else f"it held on {words}: true there, but not proved by this step")
    meant = [f"{words}  ({lemma})" for lemma, words in suggestions(failing.step.formula)
             if lemma != failing.step.method or failing.verdict.status.value == "FAILED"]
    return [*lines, *(["did you mean  " + "  or  ".join(meant)] if meant else [])]
