"""Certificates for the number steps of the library: how many `linear`, `chain` and `polynomial` steps `prove` certifies, and how fast.

    python -m benchmarks.certificates [--checker polynomial] [--only sh.e2] [--list]

Each step is opened here in a plain way (∀ in and out at the opened variables, ⇒ in and out); what the product's opening does better
is not measured.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from theory.checkers.real import prove
from theory.checkers.script import Line, Script
from theory.kernel import Node
from theory.kernel.binding import opened
from theory.kernel.heads import FALSE, member
from theory.kernel.nodes import bound_sort, fits, is_numeric, num, var
from theory.proof import Lemma, Proof
from theory.registry import claims, lemmas
from theory.terms.elaborate import Elaborator, declared

CHECKERS = ("linear", "chain", "polynomial")


@dataclass(frozen=True)
class Job:
    """One step: its name, its checker, and its goal and facts as nodes."""

    name: str
    checker: str
    goal: Node
    facts: tuple[Node, ...]


def jobs() -> Iterator[Job]:
    """The number steps of all proofs, twins left out."""
    for claim in claims().values():
        for place, proof in enumerate(p for p in claim.proofs if p.author != "printed"):
            yield from _steps(f"{claim.id}/{place}", proof, {h.name: h.formula for h in claim.hypotheses}, claim.conclusion)
    for lemma in lemmas().values():
        if isinstance(lemma, Lemma) and lemma.proof is not None:
            yield from _steps(lemma.id, lemma.proof, lemma.named_hypotheses, lemma.conclusion)


def _steps(name: str, proof: Proof, known: dict, conclusion: object) -> Iterator[Job]:
    known, e = dict(known), Elaborator()
    for step in proof.steps:
        if step.by in CHECKERS:
            formulas = [step.formula, *(known[n] for n in step.using)]
            goal, *facts = (e.node(f) for f in formulas)
            yield Job(f"{name}:{step.name}", step.by, goal, (*facts, *declared(formulas)))
        known[step.name] = step.formula


# --- opening -----------------------------------------------------------------------------------------------------------------------

def open_job(script: Script, job: Job) -> tuple[Node, list[Line]]:
    """The goal without quantifiers and premises, and lines of facts that are relations between numbers."""
    goal, variables, lines = job.goal, [], [script.assume(f) for f in job.facts]
    while goal.head in ("all", "imp"):
        if goal.head == "imp":
            lines.append(script.assume(goal.args[0]))
            goal = goal.args[1]
        else:
            x = var(f"x{len(variables)}'", bound_sort(goal.args[0]))
            variables.append((x, goal.args[0], script.assume(member(x, goal.args[0]))))
            goal = opened(goal.args[1], (x,))
    found: dict[Line, None] = {}
    for x, domain, line in variables:
        found.update(dict.fromkeys(_memberships(script, x, domain, line)))
    todo, implications, taken = list(lines), [], []
    while todo:
        line = todo.pop()
        taken.append(line)
        said = script.says(line)
        if said.head == "and":
            todo += [script.do("part", [line], num(i)) for i in range(len(said.args))]
        elif said.head == "all":
            todo += [_specialised(script, line, x, own) for x, domain, own in variables
                     if domain is said.args[0] and fits(x.sort, bound_sort(domain))]
        elif said.head == "imp":
            implications.append(line)
        elif said.head in ("le", "lt", "eq") and is_numeric(said.args[0].sort):
            found[line] = None
        elif said.head == "in":
            found.update(dict.fromkeys(_memberships(script, *said.args, line)))
        if not todo:
            known = {script.says(p): p for p in (*found, *taken)}
            fired = [i for i in implications if script.says(i).args[0] in known]
            implications = [i for i in implications if i not in fired]
            todo = [script.do("detach", (i, known[script.says(i).args[0]])) for i in fired]
    formulas = [goal, *(script.says(p) for p in found)]
    for line in lines:
        found.update(dict.fromkeys(_matched(script, line, formulas)))
    return goal, list(found)


def _matched(script: Script, line: Line, formulas: list[Node]) -> list[Line]:
    """Instances of ∀x s = t over whole sorts where s occurs in the formulas."""
    body, count = script.says(line), 0
    while body.head == "all" and body.args[0].head == "whole":
        body, count = body.args[1], count + 1
    if count == 0 or body.head != "eq":
        return []
    found = []
    for part in dict.fromkeys(p for f in formulas for p in _parts(f)):
        values: dict[int, Node] = {}
        if not part.indices and _match(body.args[0], part, values) and len(values) == count:
            current = line
            for place in range(count - 1, -1, -1):
                current = script.specialise(current, values[place])
            found.append(current)
    return found


def _parts(node: Node) -> Iterator[Node]:
    yield node
    for a in node.args:
        if isinstance(a, Node):
            yield from _parts(a)


def _match(pattern: Node, node: Node, values: dict[int, Node]) -> bool:
    if pattern.head == "bound":
        return fits(node.sort, pattern.args[1]) and values.setdefault(pattern.args[0], node) is node
    if not pattern.indices:
        return pattern is node
    if pattern.head != node.head or len(pattern.args) != len(node.args):
        return False
    pairs = zip(pattern.args, node.args, strict=True)
    return all(_match(p, a, values) if isinstance(p, Node) and isinstance(a, Node) else p == a for p, a in pairs)


def _specialised(script: Script, line: Line, x: Node, own: Line) -> Line:
    return script.specialise(line, x, None if script.says(line).args[0].head == "whole" else own)


def _memberships(script: Script, x: Node, domain: Node, line: Line) -> list[Line]:
    if domain.head == "range":
        return [script.axiom(name, [line], i=x, a=domain.args[0]) for name in ("range_low", "range_high")]
    if domain.head == "interval":
        return [script.axiom(name, [line], q=x, s=domain.args[0], t=domain.args[1]) for name in ("interval_low", "interval_high")]
    if domain.head == "sphere":
        return [script.axiom("on_sphere", [line], u=x, d=domain.args[0])]
    if domain.head == "ball":
        return [script.axiom("on_ball", [line], u=x, d=domain.args[0], r=domain.args[1])]
    return []


# --- measuring ---------------------------------------------------------------------------------------------------------------------

def certify(job: Job) -> tuple[bool, float, str]:
    """Whether every part of the goal was certified, the seconds, and a remark."""
    script = Script()
    goal, facts = open_job(script, job)
    goals = list(goal.args) if goal.head == "and" else [goal]
    started = time.perf_counter()
    for part in goals:
        if part is not FALSE and not (part.head in ("le", "lt", "eq") and is_numeric(part.args[0].sort)):
            return False, 0.0, f"the goal is no relation: {part.head}"
        line = prove(script, part, facts)
        if line is None:
            return False, time.perf_counter() - started, "no certificate"
        if script.says(line) is not part:
            return False, 0.0, "another conclusion"
        assumed = set(script.theorems[line].hypotheses) - {h for f in facts for h in script.theorems[f].hypotheses}
        if assumed:
            return False, 0.0, "an assumption is left"
    return True, time.perf_counter() - started, ""


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--checker", default="")
    options.add_argument("--only", default="")
    options.add_argument("--list", action="store_true")
    chosen = options.parse_args()
    results: dict[str, list[tuple[Job, bool, float, str]]] = {c: [] for c in CHECKERS}
    for job in jobs():
        if chosen.only in job.name and chosen.checker in job.checker:
            results[job.checker].append((job, *certify(job)))
    for checker, rows in results.items():
        if rows:
            times = [seconds for _, _, seconds, _ in rows]
            print(f"{checker}: {sum(ok for _, ok, *_ in rows)} of {len(rows)}, median {median(times):.3f} s, slowest {max(times):.2f} s")
        for job, ok, seconds, remark in rows:
            if not ok or chosen.list:
                print(f"  {'ok ' if ok else '-- '}{job.name}  {seconds:.2f} s  {remark}")


if __name__ == "__main__":
    main()
