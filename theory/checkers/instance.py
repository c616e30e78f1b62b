"""Checkers *instance* and *conjunction*: the goal is a named fact, at particular elements of its domains, or several of them."""

from __future__ import annotations

from theory.checkers.context import Context, same_formula
from theory.checkers.lemma import instance_binding
from theory.terms import And, Exists, ForAll
from theory.terms.printing.text import text
from theory.verdict import Verdict, failed, proved, unknown


def check_instance(context: Context) -> Verdict:
    """Some named fact, or its body at elements shown to lie in its domains, is the goal."""
    normaliser = context.normaliser()
    for name, fact in context.facts.items():
        if same_formula(fact, context.goal, normaliser):
            return proved(f"this is {name}", fact=name)
        if isinstance(fact, ForAll):
            binding = instance_binding(fact, context.goal, context)
            if binding is not None:
                return proved(f"instance of {name}", fact=name, at=[text(v) for v in binding.values()])
    if isinstance(context.goal, Exists):
        return unknown("no witness was found among the facts that this step names: state the body at the witness as a step, and name it")
    return failed("the goal is not an instance of a named fact, or an element was not shown to lie in the domain")


def check_conjunction(context: Context) -> Verdict:
    """Every part of the goal is a named fact."""
    if not isinstance(context.goal, And):
        return failed("the goal is not a conjunction")
    normaliser = context.normaliser()
    for part in context.goal.args:
        if not any(same_formula(fact, part, normaliser) for fact in context.facts.values()):
            return failed(f"the part  {text(part)}  is not among the facts this step names")
    return proved(f"all {len(context.goal.args)} parts are named facts")
