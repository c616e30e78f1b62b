"""Turns that many derivations take: multipliers of a combination, absolute values, squares, sums term by term, induction, congruence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import count

from theory.checkers.exact_lp import Constraint, feasible_point
from theory.checkers.prover import Prover
from theory.checkers.script import Line, Script
from theory.errors import BadData
from theory.kernel import Node, Refused
from theory.kernel.binding import opened
from theory.kernel.heads import bind, eq, forall, le, lt, member, whole
from theory.kernel.nodes import N, R, as_node, bound_sort, make, num, var
from theory.kernel.normal import gap
from theory.kernel.polynomials import Polynomial
from theory.kernel.printing import text
from theory.lemmas.derivations.basics import below_absolute, either

AtIndex = Callable[[Node, Line], Line]
_NAMES = count()


def absolute(value: Node) -> Node:
    """|t|."""
    return make("abs", value)


def norm(vector: Node) -> Node:
    """‖v‖."""
    return make("norm", vector)


def dot(left: Node, right: Node) -> Node:
    """u·v."""
    return make("dot", left, right)


def scaled(c: Node | int, v: Node) -> Node:
    """c·v."""
    return make("smul", as_node(c), v)


def inverse(t: Node) -> Node:
    """1/t."""
    return make("inv", t)


def power(t: Node, q: Node) -> Node:
    """t^q."""
    return make("pow", t, q)


def relu(t: Node) -> Node:
    """max(t, 0), as the language writes it."""
    return make("max", t, num(0))


def family(variable: Node, body: Node) -> Node:
    """x ↦ body."""
    return bind("lam", [(variable, variable.sort)], body)          # type: ignore[list-item]


def add_up(size: Node, term: Callable[[Node], Node]) -> Node:
    """Σ_{i≤n} term(i); the variable is a new one, so that sums can be nested."""
    i = var(f"·{next(_NAMES)}", N)
    return bind("sum", [(i, make("range", size))], term(i))


def known(prover: Prover, formula: Node) -> Line:
    """A fact that the prover knows, from the declarations of a lemma's symbols.  Raises: BadData (it does not)."""
    line = prover.lookup(formula)
    if line is None:
        raise BadData(f"the lemma does not say that {text(formula)}; declare it of a symbol, or state it as a hypothesis")
    return line


# --- inequalities -------------------------------------------------------------------------------------------------------------------

def linear(script: Script, goal: Node, facts: Iterable[Line | tuple[Line, Node]] = ()) -> Line:
    """The relation as a combination of the facts; the multipliers are found by linear programming, and the kernel adds up.

    A fact is a line, or an equation with a term that multiplies it.

    Raises: Refused (the lines do not add up to the goal).
    """
    lines = [fact if isinstance(fact, int) else multiple(script, *fact) for fact in facts]
    gaps = [gap(script.says(line)) for line in lines]
    heads = [script.says(line).head for line in lines]
    target = gap(goal)
    rows: list[Constraint] = []
    for monomial in dict.fromkeys(m for p in (*gaps, target) for m in p):       # in an order that every run has
        coefficients = {place: -_rational(p.get(monomial)) for place, p in enumerate(gaps) if monomial in p}
        constant = _rational(target.get(monomial))
        relation = "=" if monomial or goal.head == "eq" else ">="
        rows.append(Constraint(coefficients, constant, relation))
    rows += [Constraint({place: Fraction(1)}, Fraction(0), ">=") for place, head in enumerate(heads) if head != "eq"]
    point = _strictly(rows, heads, target, gaps) if goal.head == "lt" else feasible_point(rows)
    if point is None:
        told = "; ".join(text(script.says(line)) for line in lines)
        raise Refused(f"{text(goal)} is no combination of: {told}")
    return script.combine(goal, [(line, num(point.get(place, Fraction(0)))) for place, line in enumerate(lines)])


def _strictly(rows: list[Constraint], heads: list[str], target: Polynomial, gaps: list[Polynomial]) -> dict[int, Fraction] | None:
    """Multipliers that leave a positive rest, or give a strict premise weight."""
    slack = {place: -_rational(p.get(())) for place, p in enumerate(gaps)}
    for place, head in enumerate(heads):
        if head == "lt":
            slack[place] += 1
    return feasible_point([*rows, Constraint(slack, _rational(target.get(())), ">")])


def _rational(value: object) -> Fraction:
    return Fraction(str(value)) if value is not None else Fraction(0)


def multiple(script: Script, line: Line, c: Node) -> Line:
    """c·s = c·t from s = t."""
    s, t = script.says(line).args
    return script.combine(eq(c * s, c * t), ((line, c),))


def times(script: Script, *lines: Line) -> Line:
    """0 ≤ Π (r_i − l_i)."""
    return script.do("multiply", lines)


def nonnegative(script: Script, value: Node) -> Line:
    """0 ≤ t, for what is nonnegative by its form."""
    return script.do("nonnegative", (), value)


def absurd(script: Script, goal: Node, lines: Iterable[Line | tuple[Line, Node]]) -> Line:
    """The goal s ≤ t or s < t, from lines that contradict its negation, which is among them as an assumption."""
    return script.by_contradiction(goal, linear(script, lt(0, 0), lines))


def refuting(script: Script, goal: Node) -> Line:
    """The assumption that the goal is false, for `absurd`."""
    return script.assume(script.negation(goal))


def absolute_value(script: Script, t: Node, goal: Callable[[Line], Line]) -> Line:
    """What follows from |t| = t and 0 ≤ t, and from |t| = −t and t ≤ 0; ``goal`` takes the two lines."""
    return either(script, t, 0, lambda line: goal(_absolute(script, t, line)))


def _absolute(script: Script, t: Node, side: Line) -> Line:
    if script.says(side).head == "lt":
        side = script.weaken(side)
        return script.axiom("abs_of_nonpositive", (side,), t=t)
    return script.axiom("abs_of_nonnegative", (side,), t=t)


def absolute_at_most(script: Script, t: Node, b: Node, lines: Sequence[Line]) -> Line:
    """|t| ≤ b from lines that give t ≤ b and −t ≤ b."""
    return absolute_value(script, t, lambda line: linear(script, le(absolute(t), b), [line, *lines]))


def absolute_product(script: Script, s: Node, t: Node) -> Line:
    """|st| ≤ |s||t|, where the normal form writes the product out."""
    bound = absolute(s) * absolute(t)
    squares = script.combine(le(absolute(s * t) * absolute(s * t), bound * bound))
    return smaller_by_squares(script, absolute(s * t), bound, nonnegative(script, bound), squares)


def smaller_by_squares(script: Script, a: Node, b: Node, nonnegative_b: Line, squares: Line) -> Line:
    """a ≤ b from 0 ≤ b and a² ≤ b²."""
    goal = le(a, b)
    negated = refuting(script, goal)
    below = le(0, (a - b) * b)
    mixed = script.restate(times(script, script.weaken(negated), nonnegative_b), below)
    return absurd(script, goal, [times(script, negated, negated), mixed, squares])


def below_root(script: Script, a: Node, t: Node, nonnegative_t: Line, square: Line) -> Line:
    """a ≤ √t from 0 ≤ t and a² ≤ t."""
    root = make("sqrt", t)
    squared = script.axiom("root_squared", (nonnegative_t,), t=t)
    squares = linear(script, le(a * a, root * root), [square, squared])
    return smaller_by_squares(script, a, root, nonnegative(script, root), squares)


def inverted(script: Script, positive: Line) -> tuple[Line, Line]:
    """t·(1/t) = 1 and 0 < 1/t from 0 < t."""
    t = script.says(positive).args[1]
    return script.axiom("inverse_of_positive", (positive,), t=t), script.axiom("inverse_positive", (positive,), t=t)


def cancelled(script: Script, goal: Node, positive: Line, product: Line) -> Line:
    """s ≤ t from 0 < c and c s ≤ c t."""
    negated = refuting(script, goal)
    return absurd(script, goal, [times(script, negated, positive), product])


# --- equations ----------------------------------------------------------------------------------------------------------------------


def vectors(script: Script, goal: Node, parts: Iterable[tuple[Line, Node | int]] = ()) -> Line:
    """An equation of vectors as a combination of equations."""
    pairs = list(parts)
    return script.do("equal_vectors", [line for line, _ in pairs], goal, *(as_node(c) for _, c in pairs))


# --- binders ------------------------------------------------------------------------------------------------------------------------

def fresh(script: Script, name: str, sort: Node) -> Node:
    """A variable that occurs nowhere else."""
    script.fresh_variables += 1
    return var(f"{name}°{script.fresh_variables}", sort)


def everywhere(script: Script, domain: Node, show: AtIndex, name: str = "i") -> Line:
    """∀x∈D φ from φ at an x of which nothing else is known; ``show`` takes x and the line x ∈ D."""
    x = fresh(script, name, bound_sort(domain))
    return script.do("generalise", (show(x, script.assume(member(x, domain))),), x, domain)


def at(script: Script, line: Line, *values: Node | tuple[Node, Line]) -> Line:
    """∀… φ at values, each alone (over whole sorts) or with the line of its membership."""
    for value in values:
        line = script.specialise(line, *value) if isinstance(value, tuple) else script.specialise(line, value)
    return line


def termwise(script: Script, left: Node, right: Node, show: AtIndex, name: str = "i") -> Line:
    """B F = B G from F = G; ``show`` gives the equation at one value, or one with its normal form."""
    domain = left.args[0]

    def equation(x: Node, inside: Line) -> Line:
        wanted = eq(*(opened(side.args[-1], (x,)) for side in (left, right)))
        line = show(x, inside)
        if script.says(line) is wanted:
            return line
        return vectors(script, wanted, [(line, 1)]) if wanted.args[0].sort.head in ("vec", "mat") else linear(script, wanted, [line])

    return script.do("termwise", (everywhere(script, domain, equation, name),), left, right)


def sum_below(script: Script, left: Node, right: Node, show: AtIndex, name: str = "i") -> Line:
    """Σ F ≤ Σ G from F ≤ G."""
    domain = left.args[0]

    def below(x: Node, inside: Line) -> Line:
        return script.restate(show(x, inside), le(*(opened(side.args[-1], (x,)) for side in (left, right))))

    line = everywhere(script, domain, below, name)
    i = var("i·", N)
    F, G = (family(i, opened(side.args[-1], (i,))) for side in (left, right))
    return script.restate(script.axiom("sum_below", (line,), F=F, G=G, a=domain.args[0]), le(left, right))


def exchanged(script: Script, rows: Node, columns: Node, entry: Callable[[Node, Node], Node]) -> Line:
    """Σ_i Σ_j F(i, j) = Σ_j Σ_i F(i, j): the order of sums of an unknown function does not count, and F is put in its place."""
    F, i, j = var("F·", make("fn", N, N, R)), var("i·", N), var("j·", N)
    left = add_up(rows, lambda i: add_up(columns, lambda j: F(i, j)))
    right = add_up(columns, lambda j: add_up(rows, lambda i: F(i, j)))
    return script.do("instance", (script.combine(eq(left, right)),), F, bind("lam", [(i, N), (j, N)], entry(i, j)))


def by_induction(script: Script, claim: Callable[[Node], Node], base: Line, step: Callable[[Node, Line], Line], name: str = "m") -> Line:
    """∀m∈N claim(m), from claim(0) and claim(m + 1), which ``step`` shows from m and the line claim(m)."""
    m = fresh(script, name, N)
    every = forall(claim(m), (m, whole(N)))
    after = script.restate(step(m, script.assume(claim(m))), opened(every.args[1], (m + 1,)))
    return script.do("induction", (script.restate(base, claim(num(0))), after), m, every)


def no_terms(script: Script, total: Node) -> Line:
    """Σ over {1, …, 0} is 0."""
    return script.do("sum_empty", (script.combine(lt(total.args[0].args[0], 1)),), total)


def one_more(script: Script, total: Node) -> Line:
    """Σ_{i≤m+1} = Σ_{i≤m} + the last term."""
    return script.do("sum_next", (), total)


def in_range(script: Script, i: Node, size: Node, lines: Sequence[Line]) -> Line:
    """i ∈ {1, …, n} from lines that give 1 ≤ i and i ≤ n."""
    low, high = linear(script, le(1, i), lines), linear(script, le(i, size), lines)
    return script.axiom("in_range", (low, high), i=i, a=size)


def limits(script: Script, inside: Line) -> list[Line]:
    """1 ≤ i and i ≤ n from i ∈ {1, …, n}."""
    i, domain = script.says(inside).args
    return [script.axiom(name, (inside,), i=i, a=domain.args[0]) for name in ("range_low", "range_high")]


def no_index(script: Script, inside: Line, goal: Node) -> Line:
    """Anything, from i ∈ {1, …, 0}."""
    return script.anything(linear(script, lt(0, 0), limits(script, inside)), goal)


def chosen(script: Script, exists: Line, use: Callable[[Node, list[Line]], Line], name: str) -> Line:
    """What follows from ∃x∈D φ: ``use`` takes a variable for such an x and the line of φ at it, and of x ∈ D."""
    domain, body = script.says(exists).args
    x = fresh(script, name, bound_sort(domain))
    line = use(x, [script.assume(opened(body, (x,))), script.assume(member(x, domain))])
    return script.do("choose", (exists, line), x)


def named(script: Script, term: Node, use: Callable[[Node, Line], Line], name: str) -> Line:
    """What follows for a variable x and the line x = term: the term keeps its name, and no computation opens it."""
    x = var(f"{name}·", term.sort)                                  # type: ignore[arg-type]
    exists = script.do("witness", (script.equal(term, term),), bind("ex", [(x, whole(term.sort))], eq(x, term)), term)  # type: ignore[arg-type]
    return chosen(script, exists, lambda own, lines: use(own, lines[0]), name)


def conjuncts(script: Script, line: Line) -> list[Line]:
    """The parts of a conjunction."""
    return [script.do("part", (line,), num(place)) for place in range(len(script.says(line).args))]


def natural(script: Script, value: Node, nonneg: Line, use: Callable[[Node, Line], Line], name: str = "q") -> Line:
    """What follows for a natural i = value, for a whole number that the line shows to be at least 0."""
    exists = script.axiom("natural_of", (nonneg,), a=value)
    return chosen(script, exists, lambda i, lines: use(i, lines[0]), name)


# --- geometry, and max(t, 0) --------------------------------------------------------------------------------------------------------

def cauchy_absolute(script: Script, u: Node, v: Node) -> Line:
    """|u·v| ≤ ‖u‖‖v‖."""
    bound = norm(u) * norm(v)
    lines = [script.restate(script.do("cauchy", (), side, v), le(dot(side, v), bound)) for side in (u, scaled(-1, u))]
    return absolute_at_most(script, dot(u, v), bound, lines)


def norm_of_sum(script: Script, u: Node, v: Node) -> Line:
    """‖u + v‖ ≤ ‖u‖ + ‖v‖."""
    bound = norm(u) + norm(v)
    squares = script.combine(le(norm(u + v) * norm(u + v), bound * bound), ((script.do("cauchy", (), u, v), 2),))
    return smaller_by_squares(script, norm(u + v), bound, nonnegative(script, bound), squares)


def relu_facts(script: Script, t: Node, side: Line) -> list[Line]:
    """max(t, 0) = t and 0 ≤ t, or max(t, 0) = 0 and t ≤ 0, from the line that says on which side t is."""
    if script.says(side).head == "lt":
        side = script.weaken(side)
    if script.says(side).args[1] is num(0):
        return [script.axiom("max_is_right", (side,), s=t, t=num(0)), side]
    return [script.restate(script.axiom("max_is_right", (side,), s=num(0), t=t), eq(relu(t), t)), side]


def relu_cases(script: Script, t: Node, show: Callable[[list[Line]], Line]) -> Line:
    """What follows from both readings of max(t, 0)."""
    return either(script, t, 0, lambda side: show(relu_facts(script, t, side)))


def relu_scaled(script: Script, r: Node, t: Node, nonnegative_r: Line) -> Line:
    """max(rt, 0) = r·max(t, 0) from 0 ≤ r."""
    goal = eq(relu(r * t), r * relu(t))

    def show(known: list[Line]) -> Line:
        value, side = known
        above = script.says(value).args[1] is t
        product = times(script, nonnegative_r, side)
        whole = relu_facts(script, r * t, linear(script, le(0, r * t) if above else le(r * t, 0), [product]))[0]
        return script.combine(goal, ((whole, 1), (value, scaled_back(r))))

    return relu_cases(script, t, show)


def scaled_back(r: Node) -> Node:
    """−r, to take a multiple of an equation to the left."""
    return num(-1) * r


def relu_slope(script: Script, s: Node, t: Node) -> Line:
    """|max(s, 0) − max(t, 0)| ≤ |s − t|."""
    change, size = relu(s) - relu(t), absolute(s - t)
    sides = below_absolute(script, s - t)
    positive = nonnegative(script, size)

    def both(first: list[Line]) -> Line:
        return relu_cases(script, t, lambda second: absolute_at_most(script, change, size, [*first, *second, *sides, positive]))

    return relu_cases(script, s, both)


def sum_at_most(script: Script, size: Node, term: Callable[[Node], Node], bound: Callable[[Node], Node], show: AtIndex) -> Line:
    """|Σ t_i| ≤ Σ b_i; ``show`` gives |t_i| ≤ b_i."""
    def side(sign: int) -> Line:
        def one(i: Node, inside: Line) -> Line:
            return linear(script, le(num(sign) * term(i), bound(i)), [show(i, inside), *below_absolute(script, term(i))])
        return sum_below(script, add_up(size, lambda i: num(sign) * term(i)), add_up(size, bound), one)
    return absolute_at_most(script, add_up(size, term), add_up(size, bound), [side(1), side(-1)])


def unit_vector(script: Script, dim: Node, positive: Line) -> tuple[Node, Line, Line]:
    """A vector e of R^d, d ≥ 1, with the lines ‖e‖ = 1 and e ∈ sphere."""
    zero = make("zero", make("vec", dim))
    e, unit = make("dir", zero), script.axiom("direction_unit", (positive,), w=zero)
    return e, unit, script.axiom("in_sphere", (unit,), u=e)
