"""The part of a script that a line rests on, written into another script."""

from __future__ import annotations

from collections.abc import Sequence

from theory.checkers.script import Line, Script


def transplanted(source: Script, line: Line, target: Script, facts: Sequence[Line]) -> Line:
    """The line, replayed in the target; what the source assumes of the facts is taken from their lines there."""
    known = {target.says(p): p for p in reversed(facts)}
    needed: set[Line] = set()
    todo = [line]
    while todo:
        current = todo.pop()
        if current not in needed:
            needed.add(current)
            todo.extend(source.lines[current].premises)
    places: dict[Line, Line] = {}
    for current in sorted(needed):
        own = source.lines[current]
        if own.rule == "assume" and own.arguments[0] in known:
            places[current] = known[own.arguments[0]]
        elif isinstance(own.rule, str):
            places[current] = target.do(own.rule, [places[p] for p in own.premises], *own.arguments)
    return places[line]
