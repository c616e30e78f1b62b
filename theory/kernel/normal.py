"""Normal forms: the one function of the kernel that decides that two terms are equal by computation.

Two terms with one normal form are equal for all values of their variables.  The laws are those of rings, of 1/t, |t|, ‖v‖, powers with
natural exponents and exponentials, bilinearity of products, and finite sums: linearity, exchange, factors that leave a sum, the sum of
a constant, Σ_i u_i v_i = u·v.  Each holds everywhere in the total semantics; what needs a side condition is no part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import permutations

from flint import fmpq

from theory.kernel.binding import closed, opened, shift
from theory.kernel.heads import eq, le, lt
from theory.kernel.nodes import N, Node, Z, bound_sort, fits, is_linear, is_numeric, level, make, num
from theory.kernel.polynomials import Monomial, Polynomial, atom, constant, minus, ordered, plus, reduced, scaled, square_free, times

Combination = dict[Node, Polynomial]
LONG = 64  # powers with larger exponents are not written out
MANY = 5  # summation variables of one connected sum; the order of more is left as it is
NONNEGATIVE = frozenset({"abs", "norm", "sqrt", "exp", "pi", "lip", "prob", "opnorm", "nucnorm", "injnorm", "tensornuc", "meanchi"})
FINITE_LAWS = ("signs",)  # laws under which every function has a mean


@cache
def normal(node: Node) -> Polynomial:
    """The normal form of a number.

    >>> from theory.kernel.nodes import R, var
    >>> t = var("t", R)
    >>> normal((t + 1) * (t - 1)) == normal(t * t - 1), normal(t / t) == normal(num(1))
    (True, False)
    """
    form = _FORMS.get(node.head)
    return form(node) if form is not None else atom(rebuilt(node))


@cache
def canonical(node: Node) -> Node:
    """The node in normal form: equal nodes mean equal things.  Relations are compared by the difference of their sides."""
    if is_numeric(node.sort):
        return number(normal(node))
    if is_linear(node.sort):
        return combined(combination(node), node.sort)
    if node.head in ("le", "lt", "eq"):
        return _relation(node)
    return _eta(rebuilt(node))


def gap(relation: Node) -> Polynomial:
    """The right side minus the left side of a relation between numbers."""
    return minus(normal(relation.args[1]), normal(relation.args[0]))


def rebuilt(node: Node) -> Node:
    """The node with its arguments in normal form."""
    if not any(isinstance(a, Node) for a in node.args):
        return node
    return make(node.head, *(canonical(a) if isinstance(a, Node) and a.sort is not None else a for a in node.args))


def _eta(node: Node) -> Node:
    """λx. f(x) is f."""
    if node.head == "lam" and node.args[-1].head == "app":
        function, *values = node.args[-1].args
        count = len(node.args) - 1
        own = [make("bound", count - 1 - place, sort) for place, sort in enumerate(node.args[:-1])]
        if values == own and all(index >= count for index, _ in function.indices) and function.sort is node.sort:
            return shift(function, -count)
    return node


def _relation(node: Node) -> Node:
    """0 ≤ p, 0 < p or 0 = ±p, for a positive multiple p of the difference of the sides whose leading coefficient is ±1."""
    sort = node.args[0].sort
    if is_linear(sort):
        parts = combination(node.args[1] - node.args[0])
        sides = [combined(c, sort) for c in (parts, {v: scaled(c, -1) for v, c in parts.items()})]
        return make("eq", make("zero", sort), min(sides, key=lambda side: side.key))
    p = gap(node)
    if p:
        leading = p[min(p, key=_order)]
        p = scaled(p, 1 / (leading if node.head == "eq" else abs(leading)))
    return {"le": le, "lt": lt, "eq": eq}[node.head](0, number(p))


def _order(monomial: Monomial) -> tuple[bytes | int, ...]:
    return tuple(x for node, e in monomial for x in (node.key, e))


def number(p: Polynomial) -> Node:
    """A polynomial as a node, in canonical order."""
    terms = []
    for monomial in sorted(p, key=_order):
        factors = [node for node, e in monomial for _ in range(e)]
        c = p[monomial]
        if c != 1 or not factors:
            factors.insert(0, make("num", int(c.p), int(c.q)))
        terms.append(factors[0] if len(factors) == 1 else make("mul", *factors))
    return terms[0] if len(terms) == 1 else make("add", *terms) if terms else num(0)


def product(*parts: Polynomial) -> Polynomial:
    """The product, with the laws of the atoms."""
    total = constant(1)
    for part in parts:
        total = reduced(times(total, part), _square, _exponential)
    return total


def _square(node: Node) -> Polynomial:
    inside = node.args[0]
    if node.head == "abs":
        return product(normal(inside), normal(inside))                    # |t|² = t²
    if node.head == "norm":
        return _inner(combination(inside), combination(inside))           # ‖v‖² = v·v
    if node.head == "ind":
        return atom(node)                                                 # an indicator is 0 or 1
    if node.head == "sqrt":
        return normal(inside)                                             # (√c)² = c for a numeral c > 0
    if node.head == "inv":
        return _inverse(_square(inside))                                  # (1/t)² = 1/t²
    return _power(_square(inside), node.args[1])                          # (t^p)² = (t²)^p for natural p


def _exponential(nodes: list[Node]) -> Polynomial:
    return _exp(plus(*(normal(node.args[0]) for node in nodes)))          # e^s e^t = e^(s+t)


# --- functions of numbers -----------------------------------------------------------------------------------------------------------

def _exp(p: Polynomial) -> Polynomial:
    return atom(make("exp", number(p))) if p else constant(1)


def _inverse(p: Polynomial) -> Polynomial:
    """1/p: 1/0 = 0, 1/(st) = (1/s)(1/t), 1/(1/t) = t, 1/e^t = e^(−t); a sum is divided by its leading coefficient."""
    if not p:
        return {}
    if len(p) > 1:
        leading = p[min(p, key=_order)]
        return scaled(atom(make("inv", number(scaled(p, 1 / leading)))), 1 / leading)
    (monomial, c), = p.items()
    return product(constant(1 / c), *(_inverse_of_atom(node, e) for node, e in monomial))


def _inverse_of_atom(node: Node, exponent: int) -> Polynomial:
    if node.head == "inv":
        return product(*[normal(node.args[0])] * exponent)
    if node.head == "exp":
        return _exp(scaled(normal(node.args[0]), -exponent))
    return product(atom(make("inv", node), exponent))


def _absolute(p: Polynomial) -> Polynomial:
    """|p|: |st| = |s||t|, |−t| = |t|, and what is never negative is its own absolute value."""
    if len(p) == 1:
        (monomial, c), = p.items()
        return product(constant(abs(c)), *(_absolute_of_atom(node, e) for node, e in monomial))
    return atom(min((make("abs", number(q)) for q in (p, scaled(p, -1))), key=lambda node: node.key)) if p else {}


def _absolute_of_atom(node: Node, exponent: int) -> Polynomial:
    if never_negative(node):
        return atom(node, exponent)
    if node.head == "inv":
        return product(*[_inverse(_absolute(normal(node.args[0])))] * exponent)                          # |1/t| = 1/|t|
    if node.head == "pow" and fits(node.args[1].sort, Z):
        return product(*[_power(_absolute(normal(node.args[0])), node.args[1])] * exponent)              # |t^p| = |t|^p
    return product(atom(make("abs", node), exponent))


def never_negative(node: Node) -> bool:
    """Whether an atom is nonnegative for all values of what is inside, by its form."""
    if node.head in ("inv", "pow") and node.sort is not N:
        return never_negative(node.args[0])
    if node.head in ("sup", "expect", "sum"):
        return plainly_nonnegative(normal(node.args[-1]))
    if node.head == "dot":
        return node.args[0] is node.args[1]
    return node.sort is N or node.head in NONNEGATIVE or (node.head == "num" and node.args[0] >= 0)


def plainly_nonnegative(p: Polynomial) -> bool:
    """Whether a polynomial has positive coefficients, and squares and atoms that are never negative in its monomials."""
    return all(c > 0 and all(e % 2 == 0 or never_negative(node) for node, e in m) for m, c in p.items())


def _root(p: Polynomial) -> Polynomial:
    """√p: √(c t) = √c √t for c > 0; of a numeral, the square part leaves the root."""
    if not p:
        return {}
    content = abs(p[min(p, key=_order)])
    inside = scaled(p, 1 / content)
    if inside == constant(-1):
        return {}
    if len(inside) == 1 and _are_squares(next(iter(inside))):
        inside, own = constant(1), next(iter(inside))
        content_root = _root(constant(content))
        return product(content_root, *(_square_root(node, e) for node, e in own))
    top, bottom = int(content.p), int(content.q)
    outside, rest = square_free(top * bottom)                             # √(a/b) = √(ab)/b
    root = scaled(constant(1) if rest == 1 else atom(make("sqrt", num(rest))), fmpq(outside, bottom))
    return root if inside == constant(1) else product(root, atom(make("sqrt", number(inside))))


def _are_squares(monomial: Monomial) -> bool:
    return monomial != () and all(e % 2 == 0 or (node.head == "dot" and node.args[0] is node.args[1]) for node, e in monomial)


def _square_root(node: Node, exponent: int) -> Polynomial:
    """√(a²) = |a|, and √(v·v) = ‖v‖."""
    if exponent % 2:
        return product(*[normal(make("norm", node.args[0]))] * exponent)
    return _absolute(atom(node, exponent // 2))


def _power(base: Polynomial, exponent: Node) -> Polynomial:
    """base^exponent; natural exponents are shared out over sums of exponents and products of bases."""
    if exponent.sort is not N:
        return _numeral_power(base, exponent)
    result = constant(1)
    for monomial, c in normal(exponent).items():
        factors = number({monomial: fmpq(1)})
        if c.q != 1 or not 0 <= c <= LONG:                                # natural though its parts are not, or too long to write out
            return atom(make("pow", number(base), canonical(exponent)))
        if not monomial:
            result = product(result, *[base] * int(c))
        elif factors.sort is not N:
            return atom(make("pow", number(base), canonical(exponent)))
        else:
            result = product(result, *[_natural_power(base, factors)] * int(c))
    return result


def _natural_power(base: Polynomial, exponent: Node) -> Polynomial:
    """base^exponent for a natural exponent that is one atom or a product: (st)^p = s^p t^p; 1^p = 1."""
    if len(base) != 1:
        return atom(make("pow", number(base), exponent))
    (monomial, c), = base.items()
    parts = [_power_of_atom(node, exponent, e) for node, e in monomial]
    if c != 1:
        parts.append(atom(make("pow", make("num", int(c.p), int(c.q)), exponent)))
    return product(*parts)


def _power_of_atom(node: Node, exponent: Node, times_: int) -> Polynomial:
    """(a^e)^p = (a^p)^e for an atom a."""
    if node.head == "pow" and node.args[1].sort is N:
        return product(*[_power(normal(node.args[0]), make("mul", node.args[1], exponent))] * times_)
    return product(atom(make("pow", node, exponent), times_))


def _numeral_power(base: Polynomial, exponent: Node) -> Polynomial:
    """A power with an exponent that is not natural: t^{−1} = 1/t and t^{1/2} = √t, everywhere, and powers of these."""
    power = normal(exponent)
    if set(power) - {()} or power.get((), fmpq(0)).q > 2:
        return atom(make("pow", number(base), number(power)))
    twice = int(2 * power.get((), fmpq(0)))
    if abs(twice) > 2 * LONG:
        return atom(make("pow", number(base), number(power)))
    unit, times_ = (base, twice // 2) if twice % 2 == 0 else (_root(base), twice)
    return product(*[_inverse(unit) if times_ < 0 else unit] * abs(times_))


def _extreme(node: Node) -> Polynomial:
    """max and min: the order and repetition of arguments do not count."""
    sides = sorted({canonical(a) for a in node.args}, key=lambda a: a.key)
    return normal(sides[0]) if len(sides) == 1 else atom(make(node.head, *sides))


def _floor(node: Node) -> Polynomial:
    return normal(node.args[0]) if fits(node.args[0].sort, Z) else atom(rebuilt(node))


def _numeral(node: Node) -> Polynomial:
    return constant(fmpq(*node.args))


def _applied(node: Node) -> Polynomial:
    function = node.args[0]
    if function.head == "lam":
        return normal(opened(function.args[-1], node.args[1:]))
    return atom(rebuilt(node))


# --- vectors ------------------------------------------------------------------------------------------------------------------------

@cache
def combination(node: Node) -> Combination:
    """The coefficients of a vector or matrix on atomic ones; zero coefficients are dropped."""
    form = _VECTORS.get(node.head)
    return form(node) if form is not None else {rebuilt(node): constant(1)}


def combined(parts: Combination, sort: Node | None) -> Node:
    """A combination as a node, in canonical order."""
    terms = [v if c == constant(1) else make("smul", number(c), v) for v, c in sorted(parts.items(), key=lambda pair: pair[0].key)]
    return terms[0] if len(terms) == 1 else make("add", *terms) if terms else make("zero", sort)


def _collect(parts: Iterable[tuple[Node, Polynomial]]) -> Combination:
    total: Combination = {}
    for v, c in parts:
        total[v] = plus(total.get(v, {}), c)
    return {v: c for v, c in total.items() if c}


def _scaled_vector(c: Polynomial, parts: Combination) -> Combination:
    return _collect((v, product(c, x)) for v, x in parts.items())


def _bilinear(node: Node) -> Iterator[tuple[Node, Node, Polynomial]]:
    """Pairs of atomic parts of the two arguments with the product of their coefficients."""
    left, right = (combination(a) for a in node.args)
    return ((u, v, product(a, b)) for u, a in left.items() for v, b in right.items())


def _beneath(head: str, node: Node, place: int) -> Node:
    """The sum of ``head`` of the terms of a sum that is the argument at ``place``."""
    inner = node.args[place]
    others = [shift(a, 1) if isinstance(a, Node) and a.sort is not None else a for a in node.args]
    others[place] = inner.args[1]
    return make("sum", inner.args[0], make(head, *others))


def _matrix_vector(node: Node) -> Combination:
    parts: list[tuple[Node, Polynomial]] = []
    for m, v, c in _bilinear(node):
        if m.head == "outer":
            image = {m.args[0]: _inner_of_atoms(m.args[1], v)}                                           # (uwᵀ)v = (w·v)u
        elif "sum" in (m.head, v.head):
            image = combination(_beneath("matvec", make("matvec", m, v), 0 if m.head == "sum" else 1))
        else:
            image = {make("matvec", m, v): constant(1)}
        parts.extend(_scaled_vector(c, image).items())
    return _collect(parts)


def _outer(node: Node) -> Combination:
    parts: list[tuple[Node, Polynomial]] = []
    for u, v, c in _bilinear(node):
        whole = make("outer", u, v)
        image = combination(_beneath("outer", whole, 0 if u.head == "sum" else 1)) if "sum" in (u.head, v.head) else {whole: constant(1)}
        parts.extend(_scaled_vector(c, image).items())
    return _collect(parts)


def _row(node: Node) -> Combination:
    place = canonical(node.args[1])
    parts: list[tuple[Node, Polynomial]] = []
    for m, c in combination(node.args[0]).items():
        if m.head == "outer":
            image = {m.args[1]: normal(make("ent", m.args[0], place))}                                   # the row i of uvᵀ is u_i v
        elif m.head == "sum":
            image = combination(_beneath("row", make("row", m, place), 0))
        else:
            image = {make("row", m, place): constant(1)}
        parts.extend(_scaled_vector(c, image).items())
    return _collect(parts)


def _tensor_power(node: Node) -> Combination:
    parts, exponent = combination(node.args[0]), canonical(node.args[1])
    if len(parts) == 1:
        (v, c), = parts.items()
        return {make("tpow", v, exponent): _power(c, exponent)} if _power(c, exponent) else {}            # (cv)^{⊗p} = c^p v^{⊗p}
    return {make("tpow", canonical(node.args[0]), exponent): constant(1)}


def _tensor_product(node: Node) -> Combination:
    domain, body = map(canonical, node.args)
    if all(index > 0 for index, _ in body.indices):
        return combination(make("tpow", shift(body, -1), domain.args[0]))                                # x⊗…⊗x = x^{⊗p}
    return {make("tprod", domain, body): constant(1)}


def _vector_sum(node: Node) -> Combination:
    domain, body = node.args
    x = level([domain, body], N)
    parts: list[tuple[Node, Polynomial]] = []
    for v, c in combination(opened(body, (x,))).items():
        for monomial, value in c.items():
            for w, b in _sum_of_monomial([(x, canonical(domain))], monomial, v):
                parts.append((w, scaled(b, value)))
    return _collect(parts)


def _applied_vector(node: Node) -> Combination:
    function = node.args[0]
    if function.head == "lam":
        return combination(opened(function.args[-1], node.args[1:]))
    return {rebuilt(node): constant(1)}


def _norm(node: Node) -> Polynomial:
    parts = combination(node.args[0])
    if not parts:
        return {}
    if len(parts) == 1:
        (v, c), = parts.items()
        return product(_absolute(c), atom(make("norm", v)))                                              # ‖cv‖ = |c|‖v‖
    sides = (parts, {v: scaled(c, -1) for v, c in parts.items()})
    return atom(min((make("norm", combined(side, node.args[0].sort)) for side in sides), key=lambda a: a.key))


def _dot(node: Node) -> Polynomial:
    return _inner(*(combination(a) for a in node.args))


def _inner(left: Combination, right: Combination) -> Polynomial:
    return plus(*(product(a, b, _inner_of_atoms(u, v)) for u, a in left.items() for v, b in right.items()))


def _inner_of_atoms(u: Node, v: Node) -> Polynomial:
    if "sum" in (u.head, v.head):
        return normal(_beneath("dot", make("dot", u, v), 0 if u.head == "sum" else 1))                   # (Σ u_i)·v = Σ u_i·v
    if "outer" in (u.head, v.head):
        one, other = (u, v) if u.head == "outer" else (v, u)
        return normal(make("dot", one.args[0], make("matvec", other, one.args[1])))                      # ⟨abᵀ, M⟩ = a·Mb
    if u.head == v.head == "tpow":
        return _power(normal(make("dot", u.args[0], v.args[0])), u.args[1])                              # u^{⊗p}·v^{⊗p} = (u·v)^p
    if u.sort is not None and u.sort.head == "mat":
        rows = [make("row", shift(m, 1), make("bound", 0, N)) for m in (u, v)]
        return normal(make("sum", make("range", u.sort.args[0]), make("dot", *rows)))                    # ⟨M, M′⟩ = Σ M_i·M′_i
    return atom(make("dot", *sorted((u, v), key=lambda a: a.key)))


def _entry(node: Node) -> Polynomial:
    place = canonical(node.args[1])
    total: Polynomial = {}
    for v, c in combination(node.args[0]).items():
        if v.head == "sum":
            entry = normal(_beneath("ent", make("ent", v, place), 0))
        elif v.head == "matvec":
            entry = normal(make("dot", make("row", v.args[0], place), v.args[1]))                        # (Mv)_i = M_i·v
        else:
            entry = atom(make("ent", v, place))
        total = plus(total, product(c, entry))
    return total


# --- sums over ranges ---------------------------------------------------------------------------------------------------------------

Limits = list[tuple[Node, Node]]


def _sum(node: Node) -> Polynomial:
    domain, body = node.args
    x = level([domain, body], N)
    total: Polynomial = {}
    for monomial, c in normal(opened(body, (x,))).items():
        for _, value in _sum_of_monomial([(x, canonical(domain))], monomial, None):
            total = plus(total, scaled(value, c))
    return total


def _sum_of_monomial(limits: Limits, monomial: Monomial, vector: Node | None) -> Iterator[tuple[Node, Polynomial]]:
    """Σ over the limits of a monomial (times a vector): pairs (vector, coefficient); without a vector one pair, of the body itself.

    Factors that are free of the variables leave; sums inside are joined with this one where their ranges are free of its variables,
    and the product is split into parts that share no variable.
    """
    outside = constant(1)
    inside: list[Node] = []
    todo = [node for node, e in monomial for _ in range(e)]
    while todo:
        node = todo.pop()
        variables = {x for x, _ in limits}
        if not node.free & variables:
            outside = product(outside, normal(node))
        elif node.head == "sum" and not node.args[0].free & variables:
            y = level([node, *variables, *todo, *inside, *([vector] if vector else [])], N)
            limits = [*limits, (y, node.args[0])]
            rest = normal(opened(node.args[1], (y,)))
            if len(rest) == 1:
                (m, c), = rest.items()
                outside = scaled(outside, c)
                todo.extend(a for a, e in m for _ in range(e))
            else:                                                         # a canonical sum has a body of one monomial
                inside.append(node)
                limits = limits[:-1]
        else:
            inside.append(node)
    yield from _components(limits, inside, vector, outside)


def _components(limits: Limits, inside: list[Node], vector: Node | None, outside: Polynomial) -> Iterator[tuple[Node, Polynomial]]:
    groups: list[tuple[Limits, list[Node]]] = [([limit], []) for limit in limits]
    for node in [*inside, *([vector] if vector is not None else [])]:
        hit = [g for g in groups if any(x in node.free for x, _ in g[0])]
        if hit:
            groups = [g for g in groups if g not in hit] + [([p for g in hit for p in g[0]], [*(a for g in hit for a in g[1]), node])]
    result = vector
    for own, factors in groups:
        if vector is not None and any(node is vector for node in factors):
            c, result = _least(own, [f for f in factors if f is not vector], vector)
            outside = scaled(outside, c)
        else:
            outside = product(outside, _connected(own, factors))
    yield (result if result is not None else num(0)), outside


def _connected(limits: Limits, factors: list[Node]) -> Polynomial:
    """A sum of a product whose factors hang together; of nothing, the number of terms."""
    if not factors:
        (_, domain), = limits
        size = domain.args[0]
        return normal(size) if size.sort is N else atom(make("sum", domain, num(1)))                     # Σ_{i≤n} 1 = n
    entries = _inner_product(limits, factors)
    if entries is not None:
        return entries
    c, node = _least(limits, factors, None)
    return scaled(atom(node), c)


def _inner_product(limits: Limits, factors: list[Node]) -> Polynomial | None:
    """Σ_i u_i v_i = u·v over all entries of vectors that are free of i."""
    if len(limits) != 1 or len(factors) != 2 or any(f.head != "ent" for f in factors):
        return None
    (x, domain), = limits
    whole = all(f.args[1] is x and x not in f.args[0].free and canonical(f.args[0].sort.args[0]) is domain.args[0] for f in factors)
    return _inner(*(combination(f.args[0]) for f in factors)) if whole else None


def _least(limits: Limits, factors: list[Node], vector: Node | None) -> tuple[fmpq, Node]:
    """A factor and the sum with its variables in the order that gives the least node."""
    body = number({ordered(_counted(factors)): fmpq(1)})
    if vector is not None:
        body = make("smul", body, vector)
    orders = permutations(limits) if len(limits) <= MANY else iter([tuple(limits)])
    return min((_nested(order, body) for order in orders), key=lambda pair: pair[1].key)


def _nested(order: tuple[tuple[Node, Node], ...], body: Node) -> tuple[fmpq, Node]:
    """The sum with its variables in this order: what is inside is put in normal form anew, since the order of names has changed."""
    inner = closed(body, [x for x, _ in order])
    c, result = _primitive(inner) if is_numeric(body.sort) else _primitive_vector(inner)
    for place in range(len(order) - 1, -1, -1):
        result = make("sum", shift(order[place][1], place), result)
    return c, result


def _primitive(body: Node) -> tuple[fmpq, Node]:
    """A numeral and the rest of a product."""
    p = normal(body)
    if len(p) != 1:
        return fmpq(1), number(p)
    (monomial, c), = p.items()
    return c, number({monomial: fmpq(1)})


def _primitive_vector(body: Node) -> tuple[fmpq, Node]:
    c, scale = _primitive(body.args[0])
    vector = canonical(body.args[1])
    return c, vector if scale is num(1) else make("smul", scale, vector)


def _counted(nodes: list[Node]) -> list[tuple[Node, int]]:
    counts: dict[Node, int] = {}
    for node in nodes:
        counts[node] = counts.get(node, 0) + 1
    return list(counts.items())


def _expectation(node: Node) -> Polynomial:
    """E(c·s + t) = c·E s + E t and E 1 = 1, under laws for which every function has a mean."""
    *laws, body = node.args
    if any(law.head not in FINITE_LAWS for law in laws):
        return atom(rebuilt(node))
    variables = [level([node], bound_sort(law), place) for place, law in enumerate(laws)]
    own = frozenset(variables)
    total: Polynomial = {}
    for monomial, c in normal(opened(body, tuple(variables))).items():
        outside = ordered((a, e) for a, e in monomial if not a.free & own)
        inside = ordered((a, e) for a, e in monomial if a.free & own)
        mean = constant(1)
        if inside:
            factor, least = _primitive(closed(number({inside: fmpq(1)}), variables))
            mean = scaled(atom(make("expect", *map(canonical, laws), least)), factor)
        total = plus(total, scaled(product({outside: fmpq(1)}, mean), c))
    return total


_FORMS: dict[str, Callable[[Node], Polynomial]] = {
    "num": _numeral, "inv": lambda t: _inverse(normal(t.args[0])), "abs": lambda t: _absolute(normal(t.args[0])),
    "add": lambda t: plus(*map(normal, t.args)), "mul": lambda t: product(*map(normal, t.args)), "app": _applied,
    "sqrt": lambda t: _root(normal(t.args[0])), "exp": lambda t: _exp(normal(t.args[0])), "max": _extreme, "min": _extreme,
    "pow": lambda t: _power(normal(t.args[0]), t.args[1]), "floor": _floor, "dot": _dot, "norm": _norm, "ent": _entry, "sum": _sum,
    "expect": _expectation,
}
_VECTORS: dict[str, Callable[[Node], Combination]] = {
    "add": lambda t: _collect(p for a in t.args for p in combination(a).items()), "zero": lambda t: {},
    "smul": lambda t: _scaled_vector(normal(t.args[0]), combination(t.args[1])), "matvec": _matrix_vector, "outer": _outer, "row": _row,
    "tpow": _tensor_power, "tprod": _tensor_product, "sum": _vector_sum, "app": _applied_vector,
}


def same(left: Node, right: Node) -> bool:
    """Whether two nodes mean the same by their normal forms: sufficient, not necessary."""
    return left is right or canonical(left) is canonical(right)

