"""Lemmas as schemas of the kernel, and the values that a use of a lemma gives to their variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from theory.checkers.script import sized
from theory.kernel import Node
from theory.kernel.binding import substitute
from theory.kernel.heads import bind
from theory.kernel.nodes import var
from theory.proof import Lemma
from theory.terms.elaborate import NABLA, Elaborator, declared
from theory.terms.schema import Template
from theory.terms.sorts import META

Statement = tuple[tuple[Node, ...], Node]


def statement(lemma: Lemma) -> Statement:
    """Premises (what the declarations of its symbols say, then its hypotheses) and conclusion of a lemma."""
    e = Elaborator()
    said = declared((lemma.conclusion, *lemma.hypotheses))
    return (*said, *(e.node(h) for h in lemma.hypotheses)), e.node(lemma.conclusion)


def variables_of(stated: Statement) -> dict[str, Node]:
    """The variables of a schema by name."""
    premises, conclusion = stated
    return {v.args[0]: v for v in frozenset[Node]().union(*(f.free for f in (*premises, conclusion)))}


def values_of(variables: Mapping[str, Node], binding: Mapping[Any, Any], opened: Mapping[Any, Node]) -> dict[str, Node]:
    """A binding of authored metavariables as values of a schema's variables; ``opened`` says what opened variables are."""
    e = Elaborator(written=False)
    e.bound.update(opened)
    given = {meta.name.removeprefix(META): value for meta, value in binding.items() if meta.name.startswith(META)}
    found = {name: e.node(value) for name, value in given.items() if name in variables and not isinstance(value, Template)}
    found |= {own: e.gradient(value) for name, value in given.items() if (own := f"{NABLA}{name}") in variables}
    sizes = {variables[name]: value for name, value in sized(dict(variables), found).items()}
    families = {name: value for name, value in given.items() if name in variables and isinstance(value, Template)}
    return found | {name: _family(variables[name], value, opened, sizes) for name, value in families.items()}


def _family(variable: Node, value: Template, opened: Mapping[Any, Node], sizes: Mapping[Node, Node]) -> Node:
    """A family as a function; the sizes of its arguments are those that the binding gives."""
    e = Elaborator(written=False)
    e.bound.update(opened)
    sorts = [substitute(sort, sizes) for sort in variable.sort.args[:-1]]               # type: ignore[union-attr]
    own = [var(f"{v.name}°{place}", sort) for place, (v, sort) in enumerate(zip(value.variables, sorts, strict=True))]
    e.bound.update(zip(value.variables, own, strict=True))
    return bind("lam", list(zip(own, sorts, strict=True)), e.node(value.body))
