"""Derivations: documents of terms and inferences, and their replay.

A document is plain data (JSON): a table of nodes, in which an argument is the number of an earlier node; lemmas; and claims.  A claim
holds its hypotheses and its conclusion, and steps; a step holds lines, each an inference with the numbers of earlier lines as premises
and of nodes as arguments.  The last line of a step is what the step shows, from the hypotheses and from what earlier steps show.  A
lemma is cited (premises and a conclusion) or has steps of its own.  Nothing in a document is believed: what was checked is read off the
theorems that the inferences make.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from theory.kernel.axioms import Schema
from theory.kernel.logic import pairs
from theory.kernel.nodes import FORM, N, Node, Refused, make, need, num, value_of
from theory.kernel.theorem import RULES, Cited, Theorem

Read = TypeVar("Read")
FORMAT = "lawbook.derivations/1"
LEAVES = {"var": str, "bound": int}
FRACTION = re.compile(r"-?[0-9]{1,4000}(/0*[1-9][0-9]{0,3999})?", re.ASCII)


@dataclass(frozen=True)
class Replayed:
    """What a document proves of one claim: if the hypotheses hold, so does the conclusion, given the cited lemmas."""

    hypotheses: tuple[Node, ...]
    conclusion: Node
    cited: frozenset[Cited]
    inferences: int


def _read(entries: Any, what: str, one: str, read: Callable[[Any, list[Read]], Read]) -> list[Read]:
    """Each entry of a list, read with those before it; a refusal says at which."""
    known: list[Read] = []
    listed = _list(entries, what)
    with located(lambda: f"{one} {len(known)}"):
        for entry in listed:
            known.append(read(entry, known))
    return known


def read_nodes(table: Any) -> list[Node]:
    """The nodes of a table, in order.  Raises: Refused."""
    return _read(table, "the table of nodes", "node", _node)


def _node(entry: Any, nodes: Sequence[Node]) -> Node:
    head, *args = _list(entry, "a node") or [None]
    need(isinstance(head, str) and head != "level", "a node begins with a head that a document may use")
    if head == "num":
        need(len(args) == 1 and isinstance(args[0], str), "a numeral is one fraction, as text")
        return num(_fraction(args[0]))
    if head not in LEAVES:
        return make(head, *(_at(nodes, a, "node") for a in args))
    need(len(args) == 2 and type(args[0]) is LEAVES[head], "{} takes a {} and a sort", head, LEAVES[head].__name__)
    return make(head, args[0], _at(nodes, args[1], "node"))


def _fraction(text: str) -> Fraction:
    need(FRACTION.fullmatch(text) is not None, "{!r} is no fraction of integers of at most 4000 digits", text[:40])
    top, _, bottom = text.partition("/")
    return Fraction(int(top), int(bottom or 1))


@contextmanager
def located(place: Callable[[], str]) -> Iterator[None]:
    """Say where something was refused; terms that are nested too deeply for the interpreter are refused as well."""
    try:
        yield
    except Refused as refusal:
        raise Refused(f"{place()}: {refusal}") from None
    except RecursionError:
        raise Refused(f"{place()}: the terms are nested too deeply") from None


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise Refused(f"{what} is a list, not {value!r}")
    return value


def _at(known: Sequence[Any], place: Any, what: str) -> Any:
    if type(place) is not int or not 0 <= place < len(known):
        raise Refused(f"there is no {what} {place!r} before this place")
    return known[place]


def replay_lines(lines: Any, nodes: Sequence[Node], lemmas: Sequence[Schema]) -> Theorem:
    """The theorem of the last line.  Raises: Refused, with the number of the line that does not follow."""
    known = _read(lines, "the lines of a step", "line", lambda line, before: _line(line, before, nodes, lemmas))
    need(len(known) > 0, "a step without lines shows nothing")
    return known[-1]


def _line(line: Any, known: Sequence[Theorem], nodes: Sequence[Node], lemmas: Sequence[Schema]) -> Theorem:
    need(len(_list(line, "a line")) == 3 and isinstance(line[0], str), "a line is an inference, its premises and its arguments")
    given = [_at(known, p, "line") for p in _list(line[1], "the premises")]
    args = [_at(nodes, a, "node") for a in _list(line[2], "the arguments")]
    if line[0] == "lemma":
        need(len(args) > 0 and args[0].sort is N, "a lemma is named by its number")
        return _at(lemmas, int(value_of(args[0])), "lemma").at(given, pairs(args[1:]))  # type: ignore[no-any-return]
    need(line[0] in RULES, "there is no inference {!r}", line[0])
    return RULES[line[0]](given, args)


def replay_steps(steps: Any, hypotheses: Sequence[Node], conclusion: Node, nodes: Sequence[Node], lemmas: Sequence[Schema]) -> Replayed:
    """What the steps show, one after the other, from the hypotheses.  Raises: Refused, with the number of the step."""
    shown: dict[Node, frozenset[Cited]] = {h: frozenset() for h in hypotheses}
    count = 0
    for place, lines in enumerate(_list(steps, "the steps"), start=1):
        with located(lambda place=place: f"step {place}"):                                   # type: ignore[misc]
            result = replay_lines(lines, nodes, lemmas)
            need(result.hypotheses <= shown.keys(), "it assumes {!r}", [h for h in result.hypotheses if h not in shown])
        cited = result.cited.union(*(shown[h] for h in result.hypotheses))
        shown.setdefault(result.conclusion, cited)
        count += len(lines)
    need(conclusion in shown, "the steps do not show the conclusion")
    return Replayed(tuple(hypotheses), conclusion, shown[conclusion], count)


def read_lemmas(entries: Any, nodes: Sequence[Node]) -> list[Schema]:
    """The lemmas of a document; one with steps may use those before it, and rests on what its steps rest on."""
    return _read(entries, "the lemmas", "lemma", lambda entry, before: _lemma(entry, nodes, before))


def _fields(entry: Any, needed: set[str], allowed: set[str], what: str) -> Mapping[str, Any]:
    """The fields of an object; nothing may stand in a document that is not checked, but for names and sources."""
    if not isinstance(entry, Mapping):
        raise Refused(f"{what} is an object, not {entry!r}")
    odd = (needed - entry.keys()) | (entry.keys() - needed - allowed)
    need(not odd, "{} lacks, or has beyond the format, the fields {}", what, ", ".join(sorted(map(str, odd))))
    need(all(isinstance(entry.get(label, ""), str) for label in ("id", "source")), "{} has a name and a source in words", what)
    return entry


def _lemma(entry: Any, nodes: Sequence[Node], lemmas: Sequence[Schema]) -> Schema:
    entry = _fields(entry, {"premises", "conclusion"}, {"steps", "source"}, "a lemma")
    premises, conclusion = _statement(entry, "premises", nodes)
    if "steps" not in entry:
        return Schema(premises, conclusion, frozenset({(premises, conclusion)}))
    return Schema(premises, conclusion, replay_steps(entry["steps"], premises, conclusion, nodes, lemmas).cited)


def _statement(entry: Mapping[str, Any], conditions: str, nodes: Sequence[Node]) -> tuple[tuple[Node, ...], Node]:
    formulas = [_at(nodes, place, "node") for place in (*_list(entry[conditions], conditions), entry["conclusion"])]
    need(all(f.sort is FORM and not f.indices for f in formulas), "a statement is made of closed formulas")
    one_sort_a_name(formulas)
    return tuple(formulas[:-1]), formulas[-1]


def one_sort_a_name(formulas: Sequence[Node]) -> None:
    """Refuse two free variables of one name: a reader could not tell them apart."""
    sorts: dict[str, Node] = {}
    for v in frozenset[Node]().union(*(f.free for f in formulas)):
        need(sorts.setdefault(v.args[0], v.args[1]) is v.args[1], "the name {!r} stands for two variables, of different sorts", v.args[0])


def replay_claim(entry: Any, nodes: Sequence[Node], lemmas: Sequence[Schema]) -> Replayed:
    """What the steps of one claim prove.  Raises: Refused."""
    entry = _claim_fields(entry)
    hypotheses, conclusion = _statement(entry, "hypotheses", nodes)
    return replay_steps(entry["steps"], hypotheses, conclusion, nodes, lemmas)


def _claim_fields(entry: Any) -> Mapping[str, Any]:
    return _fields(entry, {"hypotheses", "conclusion", "steps"}, {"id"}, "a claim")


def replay_document(document: Any) -> Iterator[Replayed | Refused]:
    """What each claim of a document proves, or why it proves nothing.

    Raises: Refused (the document as a whole is none: its nodes or lemmas do not follow, or something stands in it that nobody checks).
    """
    own = _fields(document, {"format", "nodes", "lemmas", "claims"}, set(), "a document of derivations")
    need(own["format"] == FORMAT, "the format is {!r}, not {!r}", own["format"], FORMAT)
    nodes = read_nodes(own["nodes"])
    lemmas = read_lemmas(own["lemmas"], nodes)
    for entry in list(map(_claim_fields, _list(own["claims"], "the claims"))):
        try:
            yield replay_claim(entry, nodes, lemmas)
        except Refused as refusal:
            yield refusal
