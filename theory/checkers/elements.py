"""Suprema, means, sums and probabilities: what holds of them because it holds at each element.

sup_D F ≤ b where F ≤ b on D; E F ≤ E G and Σ F ≤ Σ G where F ≤ G everywhere; P(A) ≤ P(B) where A implies B; E Σ = Σ E.
The kernel's rules are about any domain and any body; here they are chosen by the form of the goal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from theory.checkers.prover import Prover
from theory.checkers.real.monomials import atoms_of
from theory.checkers.script import Line
from theory.kernel import Node, Refused
from theory.kernel.arithmetic import quantified
from theory.kernel.binders import exchanged
from theory.kernel.binding import closed, opened, shift
from theory.kernel.heads import TRUE, bind, implies, le
from theory.kernel.nodes import N, bound_sort, is_linear, is_numeric, make, num
from theory.kernel.normal import canonical, gap, normal, number
from theory.kernel.polynomials import Monomial, Polynomial
from theory.kernel.polynomials import atom as atom_of

NESTED = 3        # binders inside binders
BINDERS = frozenset({"sup", "expect", "sum", "prob"})


def by_elements(prover: Prover, goal: Node, nested: int = NESTED) -> Line | None:
    """An inequality or equation between numbers from what holds at each element; None where that is not shown."""
    if nested == 0 or goal.head not in ("le", "lt", "eq") or not is_numeric(goal.args[0].sort):
        return None
    value = gap(goal)
    binders = [a for a in atoms_of(value) if a.head in BINDERS and not a.indices]
    search = _Elements(prover, goal, value, nested)
    new = [*(line for atom in binders for line in search.about(atom)), *search.paired()]
    for line in new:
        prover.learn(line)
    found = prover.establish(goal) if new else None
    if found is None and goal.head == "le":
        found = search.pointwise("expect", binders) or search.pointwise("sum", binders) or search.suprema(binders)
    return found


def shown(prover: Prover, goal: Node, nested: int) -> Line | None:
    """A formula that is established, or shown at each element."""
    inner = prover.fork()
    body, close = inner.open(goal)
    line = inner.establish(body)
    if line is None:
        line = by_elements(inner, body, nested)
    return None if line is None else close(line)


class _Elements:
    def __init__(self, prover: Prover, goal: Node, value: Polynomial, nested: int) -> None:
        self.prover, self.goal, self.value, self.nested = prover, goal, value, nested

    # --- lines that need no goal ------------------------------------------------------------------------------------------------

    def about(self, atom: Node) -> Iterator[Line]:
        """What is known of a supremum, a mean or a probability by itself."""
        try:
            if atom.head == "prob":
                yield self._at_most_one(atom)
                yield from self._consequences(atom)
                yield from self._union_bound(atom)
            elif atom.head == "expect":
                yield from self._exchanged(atom)
            elif atom.head == "sup":
                yield from self._values(atom)
        except Refused:
            return

    def paired(self) -> Iterator[Line]:
        """v·s = v·t from known equations s = t of vectors, for the vectors v whose inner products stand in the goal."""
        script = self.prover.script
        vectors = {part: None for atom in _parts(self.value) if atom.head == "dot" for part in atom.args if not part.indices}
        for line in list(self.prover.known.values()):
            equation = script.says(line)
            for v in vectors if equation.head == "eq" and is_linear(equation.args[0].sort) else ():
                if v.sort is equation.args[0].sort:
                    z = self.prover.fresh(v.sort)
                    yield script.do("congruence", (line,), bind("lam", [(z, v.sort)], make("dot", v, z)))

    def _at_most_one(self, probability: Node) -> Line:
        """P(A) ≤ P(true) = 1."""
        script, (*laws, event) = self.prover.script, probability.args
        sure = make("prob", *laws, TRUE)
        always, follows = (self.prover.establish(quantified(laws, formula)) for formula in (TRUE, implies(event, TRUE)))
        if always is None or follows is None:
            raise Refused("what is always true is not shown")
        line = script.do("prob_implies", (follows,), probability, sure)
        return script.combine(le(probability, 1), ((line, 1), (script.do("prob_sure", (always,), sure), 1)))

    def _consequences(self, probability: Node) -> Iterator[Line]:
        """P(A) ≤ P(B) for the other probabilities of the goal, where A implies B."""
        *laws, event = probability.args
        for other in atoms_of(self.value):
            if other.head == "prob" and other is not probability and list(other.args[:-1]) == laws:
                line = shown(self.prover, quantified(laws, implies(event, other.args[-1])), self.nested - 1)
                if line is not None:
                    yield self.prover.script.do("prob_implies", (line,), probability, other)

    def _union_bound(self, probability: Node) -> Iterator[Line]:
        """P(A) + P(B) − 1 ≤ P(A and B), and 1 − Σ δ_i ≤ P(∀i A_i) from a known 1 − δ_i ≤ P(A_i) for all i."""
        script, (*laws, event) = self.prover.script, probability.args
        if event.head == "and" and len(event.args) == 2:
            yield script.do("prob_and", (), *(make("prob", *laws, part) for part in event.args))
        elif event.head == "all" and len(laws) == 1 and event.args[0].head == "range" and all(place for place, _ in event.args[0].indices):
            domain, each = shift(event.args[0], -1), make("prob", shift(laws[0], 1), exchanged(event.args[1]))
            for line in list(self.prover.known.values()):
                fact = script.says(line)
                if fact.head == "all" and fact.args[0] is domain and fact.args[1].head == "le":
                    bound = make("all", domain, le(fact.args[1].args[0], each))
                    if canonical(bound) is canonical(fact):
                        yield script.do("prob_forall", (script.restate(line, bound),), probability)

    def _exchanged(self, mean: Node) -> Iterator[Line]:
        """E Σ F = Σ E F."""
        if mean.args[-1].head == "sum":
            yield self.prover.script.do("mean_of_sum", (), mean)

    def _values(self, supremum: Node) -> Iterator[Line]:
        """F(x) ≤ sup F for the variables x in scope."""
        *domains, _ = supremum.args
        bounded = make("bounded", *supremum.args)
        line = self.prover.lookup(bounded)
        if line is None and all(domain.head in ("range", "signs") for domain in domains):
            line = self.prover.script.do("bounded_finite", (), bounded)
        for v, domain in self.prover.scope if line is not None and len(domains) == 1 else ():
            if domain is domains[0]:
                inside = self.prover.membership(v, domain)
                if inside is not None:
                    yield self.prover.script.do("sup_above", (line, inside), supremum, v)       # type: ignore[arg-type]

    # --- goals at each element ----------------------------------------------------------------------------------------------------

    def pointwise(self, head: str, binders: Sequence[Node]) -> Line | None:
        """0 ≤ E G or 0 ≤ Σ G from 0 ≤ G, where the goal is such a mean or sum."""
        own = [a for a in binders if a.head == head]
        dots = [a for a in atoms_of(self.value) if a.head == "dot" and a.args[0].sort.head == "vec"] if head == "sum" else []
        domains = own[0].args[:-1] if own else (make("range", dots[0].args[0].sort.args[0]),) if dots else ()
        if not domains or any(a.args[:-1] != domains for a in own) or (head == "expect" and any(law.head != "signs" for law in domains)):
            return None
        size = domains[0].args[0] if head == "sum" else None
        variables = [self.prover.fresh(bound_sort(domain)) for domain in domains]
        bodies = {a: opened(a.args[-1], tuple(variables)) for a in own}
        for a in dots:                                                                      # u·v is Σ u_i v_i
            if a.args[0].sort == make("vec", size):
                bodies[a] = a.args[0][variables[0]] * a.args[1][variables[0]]
        body = self._body(bodies, size)
        if body is None:
            return None
        inside = closed(body, variables)
        line = shown(self.prover, quantified(domains, le(0, inside)), self.nested - 1)
        if line is None:
            return None
        script = self.prover.script
        if head == "expect":
            zero, mean = (make(head, *domains, part) for part in (num(0), inside))
            return self._combined(script.do("mean_below", (line,), zero, mean))
        zero, family = (bind("lam", [(variables[0], N)], part) for part in (num(0), body))
        return self._combined(script.axiom("sum_below", [line], F=zero, G=family, a=domains[0].args[0]))

    def _combined(self, line: Line) -> Line | None:
        try:
            return self.prover.script.combine(self.goal, ((line, 1),))
        except Refused:                                   # the normal form put it otherwise
            self.prover.learn(line)
            return self.prover.establish(self.goal)

    def _body(self, bodies: Mapping[Node, Node], size: Node | None) -> Node | None:
        """The gap of the goal inside one binder; of a sum, what stands outside must be a multiple of the number of terms."""
        parts: list[Node] = []
        for monomial, c in self.value.items():
            inner = [(a, e) for a, e in monomial if a in bodies]
            rest = tuple(part for part in monomial if part[0] not in bodies)
            if sum(e for _, e in inner) > 1:
                return None
            if inner:
                parts.append(number({rest: c}) * bodies[inner[0][0]])
            elif size is None:
                parts.append(number({rest: c}))
            else:
                each = _divided(rest, size)
                if each is None:
                    return None
                parts.append(number({each: c}))
        return make("add", *parts)

    def suprema(self, binders: Sequence[Node]) -> Line | None:
        """sup F ≤ b from F ≤ b, for a supremum that stands in the goal with a negative sign."""
        for supremum in (a for a in binders if a.head == "sup"):
            holding = [(m, c) for m, c in self.value.items() if (supremum, 1) in m]
            if len(holding) != 1 or holding[0][1] > 0:
                continue
            (monomial, c), = holding
            factor = number({tuple(part for part in monomial if part[0] is not supremum): -c})
            bound = canonical(number({m: x for m, x in self.value.items() if m != monomial}) / factor)
            line = self._least(supremum, bound)
            if line is not None:
                self.prover.learn(line)
                found = self.prover.establish(self.goal)
                if found is not None:
                    return found
        return None

    def _least(self, supremum: Node, bound: Node) -> Line | None:
        *domains, body = supremum.args
        script = self.prover.script
        below = shown(self.prover, quantified(domains, le(body, shift(bound, len(domains)))), self.nested - 1)
        if below is None:
            return None
        positive = self.prover.establish(le(0, bound))
        if positive is not None:
            return script.do("sup_least", (below, positive), supremum, bound)
        values = [element(domain) for domain in domains]
        if None in values:
            return None
        inside = [self.prover.membership(v, domain) for v, domain in zip(values, domains, strict=True) if v is not None]
        if None in inside:
            return None
        return script.do("sup_least_over", (below, *inside), supremum, bound, *values)      # type: ignore[arg-type]


def _parts(value: Polynomial) -> dict[Node, None]:
    """All that the atoms of a polynomial are made of."""
    found: dict[Node, None] = {}
    todo = list(atoms_of(value))
    while todo:
        node = todo.pop()
        if node not in found:
            found[node] = None
            todo += [a for a in node.args if isinstance(a, Node)]
    return found


def _divided(monomial: Monomial, size: Node) -> Monomial | None:
    """A monomial without one factor, the number of terms."""
    powers = dict(monomial)
    if size not in powers or normal(size) != atom_of(size):
        return None
    return tuple((a, e - (a is size)) for a, e in monomial if e > (a is size))


def element(domain: Node) -> Node | None:
    """An element of a set that is not empty."""
    if domain.head == "sphere":
        return make("dir", make("zero", make("vec", domain.args[0])))
    if domain.head == "ball":
        return make("zero", make("vec", domain.args[0]))
    if domain.head == "interval":
        return domain.args[0]                                                               # type: ignore[no-any-return]
    if domain.head == "range":
        return num(1)
    if domain.head == "signs":
        return make("table", make("range", domain.args[0]), num(1))
    return None
