"""Branch and bound with Arb: a term is nonnegative (or positive) on a product of intervals and rays.

A box is settled when the enclosure of the term is nonnegative; or when the term is monotone in a variable there and is nonnegative
on the face where it is least; monotonicity is the same question for a derivative, whence a recursion of bounded depth.  Derivatives
in one positive variable are first multiplied by the power of it that clears denominators: this does not change the sign.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from flint import arb
from sympy import Abs, Expr, Max, Min, Symbol, diff

from theory.checkers.atoms import is_constant, rational
from theory.checkers.intervals import ExactInterval, Undefined, between, enclose
from theory.checkers.power_sums import NONNEGATIVE, POSITIVE, as_term, divided, factor, normal_form
from theory.checkers.signs import ANY, DECLARED, NONZERO, SignSet, conditions, sign_of_constant, signs_of

FARTHEST_SQUARINGS = 13  # probes of a ray go up to 2^(2^13): there even log log s exceeds 8
LARGEST_EXACT = 1000     # beyond it, exact evaluation could multiply out long factorials
SMOOTHNESS_DEPTH = 3     # recursion into derivatives when a denominator is shown not to vanish
SPLIT_RATIO = 4          # an interval wider than this factor is split in the geometric middle


@dataclass(frozen=True)
class BallOptions:
    """Largest number of boxes, depth of the recursion into derivatives (less with several variables), precision in bits.

    ``max_steps`` counts enclosures; derivatives with more than ``largest_derivative`` operations are not used.
    A box narrower than ``least_width`` that is not settled ends the search: the goal is false, or tight at a point inside.
    """

    max_boxes: int = 1000
    depth: int = 7
    depth_several: int = 2
    precision: int = 64
    max_steps: int = 4000
    largest_derivative: int = 250
    least_width: Fraction = Fraction(1, 2 ** 24)


@dataclass(frozen=True)
class Side:
    """lo ≤ u ≤ hi (hi None: a ray), an end left out where it is open."""

    lo: Fraction
    hi: Fraction | None
    lo_open: bool = False
    hi_open: bool = False

    @property
    def is_point(self) -> bool:
        return self.lo == self.hi

    @property
    def middle(self) -> Fraction:
        """A rational of small height well inside."""
        if self.hi is None:
            return max(self.lo * 2, Fraction(ceil(self.lo) + 1))
        if self.lo > 0 and self.hi > SPLIT_RATIO * self.lo:
            low, ratio = self.lo, self.hi / self.lo
            steps = max(1, (ratio.numerator // ratio.denominator).bit_length() // 2)
            return simplest_between(low * 2 ** (steps - 1), min(self.hi, low * 2 ** steps))
        quarter = (self.hi - self.lo) / 4
        return simplest_between(self.lo + quarter, self.hi - quarter)

    def halves(self) -> tuple[Side, Side]:
        """The two parts on either side of the middle."""
        m = self.middle
        return Side(self.lo, m, self.lo_open, False), Side(m, self.hi, False, self.hi_open)


Box = Mapping[Symbol, Side]


def simplest_between(lo: Fraction, hi: Fraction) -> Fraction:
    """The fraction of least denominator in [lo, hi].

    >>> simplest_between(Fraction(3, 10), Fraction(37, 100))
    Fraction(1, 3)
    """
    if lo <= 0 <= hi:
        return Fraction(0)
    if hi < 0:
        return -simplest_between(-hi, -lo)
    whole = floor(lo)
    if whole == lo or whole + 1 <= hi:
        return Fraction(whole if whole == lo else whole + 1)
    return whole + 1 / simplest_between(1 / (hi - whole), 1 / (lo - whole))


@dataclass
class BoxSearch:
    """The state of one search: counts, margin, and the derivatives computed so far."""

    options: BallOptions
    boxes: int = 0
    steps: int = 0
    margin: arb | None = None
    derivatives: dict[tuple[Expr, Symbol, bool], Expr | None] = field(default_factory=dict)

    def prove(self, term: Expr, box: Box, violated: Callable[[Mapping[Symbol, Fraction]], bool], *, strict: bool) -> bool | None:
        """True: term ≥ 0 (> 0) at all points of the box at which it is defined.  False: ``violated`` accepted a point.  None: open."""
        depth = self.options.depth if len(box) == 1 else self.options.depth_several
        if any(violated(p) for p in probes(box)):
            return False
        queue = [dict(box)]
        while queue:
            part = queue.pop()
            self.boxes += 1
            if self.boxes > self.options.max_boxes or self.steps > self.options.max_steps:
                return None
            if self.settled(term, part, strict, depth):
                continue
            if violated({u: side.middle for u, side in part.items()}):
                return False
            if all(side.hi is not None and side.hi - side.lo < self.options.least_width for side in part.values()):
                return None
            queue.extend(split(part))
        return True

    def settled(self, term: Expr, box: Box, strict: bool, depth: int) -> bool:
        """Whether one box is settled, the enclosure being tried in three forms on a ray."""
        for form in self._forms(term, box):
            if self.certify(form, box, strict, depth, top=form is term):
                return True
        inverted = _inverted(term, box)
        return inverted is not None and self.certify(*inverted, strict, depth)

    def _forms(self, term: Expr, box: Box) -> Iterator[Expr]:
        yield term
        if len(box) == 1:
            (u, side), = box.items()
            if side.hi is None and side.lo > 0:
                cleared = clear_denominators(term, u)
                if cleared != term:
                    yield cleared

    def certify(self, term: Expr, box: Box, strict: bool, depth: int, *, top: bool = False) -> bool:
        """Whether term ≥ 0 (> 0) on the box, without splitting it."""
        try:
            value = self._enclosure(term, box)
        except Undefined:
            return False
        if value.lo > 0 or (not strict and value.lo >= 0):
            if top:
                self._remember(value)
            return True
        free = [u for u, side in box.items() if not side.is_point]
        if not free:
            return _sign_at(term, box) <= (POSITIVE if strict else NONNEGATIVE)
        if top and self._by_mean_value(term, box, free, strict):
            return True
        if self.steps > self.options.max_steps:
            return False
        return depth > 0 and any(self._monotone(term, box, u, strict, depth) for u in free)

    def _by_mean_value(self, term: Expr, box: Box, free: list[Symbol], strict: bool) -> bool:
        """f(x) ∈ f(m) + Σ ∂f(box)·(x − m), with error of second order in the width; f is smooth where its derivatives are enclosed."""
        if any(box[u].hi is None for u in free):
            return False
        middle = {u: side if side.is_point else Side(side.middle, side.middle) for u, side in box.items()}
        slopes = [self.derivative(term, u, False) for u in free]
        if None in slopes or not all(self._smooth_inside(term, box, u, SMOOTHNESS_DEPTH) for u in free):
            return False
        try:
            value = self._enclosure(term, middle)
            for u, slope in zip(free, slopes, strict=True):
                shift = between(box[u].lo - middle[u].lo, box[u].hi - middle[u].lo)  # type: ignore[operator]
                value = value + self._enclosure(slope, box) * shift
        except Undefined:
            return False
        if value.lo > 0 or (not strict and value.lo >= 0):
            self._remember(value)
            return True
        return False

    def _monotone(self, term: Expr, box: Box, u: Symbol, strict: bool, depth: int) -> bool:
        slope = self.derivative(term, u, len(box) == 1)
        if slope is None:
            return False
        side = box[u]
        for direction, end, is_open in ((1, side.lo, side.lo_open), (-1, side.hi, side.hi_open)):
            signed = slope * direction
            if end is None or self._clearly_negative(signed, box):
                continue
            face = {**box, u: Side(end, end)}
            if not (_defined_on(term, face, self.options.precision) and self._smooth_inside(term, box, u, depth)):
                continue  # a monotone function is bounded by its values on the face only where it is continuous up to the face
            if self.certify(signed, box, False, depth - 1) and self.certify(term, face, strict, depth):
                return True
            # where the end itself is left out, a strictly monotone function that starts at 0 is positive
            if strict and is_open and self.certify(term, face, False, depth) and self.certify(signed, box, True, depth - 1):
                return True
        return False

    def _smooth_inside(self, term: Expr, box: Box, u: Symbol, depth: int) -> bool:
        """Whether term and its derivative in u are defined for all u strictly between the ends: the mean value theorem needs it.

        A root that vanishes inside, say, would let a derivative jump from −∞ to +∞ although it decreases wherever it is defined.
        """
        side = box[u]
        inside = {**box, u: Side(side.lo, side.hi, True, True)}
        return all(self._has_sign(t, allowed, inside, min(depth, SMOOTHNESS_DEPTH) - 1)
                   for t, allowed, *_ in dict.fromkeys((*conditions(term), *conditions(diff(term, u)))))

    def _has_sign(self, term: Expr, allowed: SignSet, box: Box, depth: int) -> bool:
        if allowed == NONZERO:
            return self.certify(term, box, True, depth) or self.certify(-term, box, True, depth)
        return self.certify(term, box, allowed == POSITIVE, depth)

    def derivative(self, term: Expr, u: Symbol, clear: bool) -> Expr | None:
        """∂term/∂u, times a power of u when that clears denominators; None for terms with kinks."""
        key = (term, u, clear)
        if key not in self.derivatives:
            if term.has(Abs, Min, Max):
                self.derivatives[key] = None
            else:
                slope = diff(term, u)
                slope = clear_denominators(slope, u) if clear and u.is_positive is True else slope
                self.derivatives[key] = slope if slope.count_ops() <= self.options.largest_derivative else None
        return self.derivatives[key]

    def _clearly_negative(self, term: Expr, box: Box) -> bool:
        middle = {u: side if side.is_point else Side(side.middle, side.middle) for u, side in box.items()}
        try:
            return bool(self._enclosure(term, middle).hi < 0)
        except Undefined:
            return False

    def _enclosure(self, term: Expr, box: Box) -> ExactInterval:
        self.steps += 1
        return enclose(term, {u: between(side.lo, side.hi) for u, side in box.items()}, self.options.precision)

    def _remember(self, value: ExactInterval) -> None:
        if self.margin is None or value.lo < self.margin:
            self.margin = value.lo


def clear_denominators(term: Expr, u: Symbol) -> Expr:
    """The normal form divided by the power products of positive factors that all its terms share (u itself, exponentials)."""
    p = normal_form(term, DECLARED)
    if len(p) < 2:
        return term
    _, common, _ = factor(p, DECLARED)
    shared = {b: e for b, e in common if (b == u or u in b.free_symbols) and DECLARED.of(b) == POSITIVE}
    return as_term({divided(m, shared): c for m, c in p.items()}) if shared else term


def _inverted(term: Expr, box: Box) -> tuple[Expr, Box] | None:
    """The ray [lo, ∞) of one positive variable as (0, 1/lo] for its inverse, the term cleared of denominators."""
    if len(box) != 1:
        return None
    (u, side), = box.items()
    if side.hi is not None or side.lo <= 0 or u.is_positive is not True:
        return None
    return clear_denominators(term.xreplace({u: 1 / u}), u), {u: Side(Fraction(0), 1 / side.lo, True, side.lo_open)}


def _sign_at(term: Expr, box: Box) -> SignSet:
    if any(abs(side.lo) > LARGEST_EXACT for side in box.values()):
        return ANY
    at = term.xreplace({u: rational(side.lo) for u, side in box.items()})
    return sign_of_constant(at) if is_constant(at) and at.is_finite is not False else ANY


def _defined_on(term: Expr, box: Box, precision: int) -> bool:
    intervals = {u: between(side.lo, side.hi) for u, side in box.items()}
    try:
        return all(signs_of(enclose(t, intervals, precision)) <= allowed for t, allowed, *_ in conditions(term))
    except Undefined:
        return False


def split(box: Box) -> list[dict[Symbol, Side]]:
    """The box cut across its longest side; rays count as longest."""
    def length(u: Symbol) -> float:
        side = box[u]
        return float("inf") if side.hi is None else float(side.hi - side.lo)

    widest = max(box, key=length)
    return [{**box, widest: half} for half in reversed(box[widest].halves())]


def probes(box: Box) -> Iterator[dict[Symbol, Fraction]]:
    """Points at which a violation is looked for before any proof: corners, the middle, and far out along a ray."""
    yield {u: side.middle for u, side in box.items()}
    yield {u: side.middle if side.lo_open else side.lo for u, side in box.items()}
    yield {u: side.middle if side.hi is None or side.hi_open else side.hi for u, side in box.items()}
    for u, side in box.items():
        if side.hi is None:
            for far in (*(2 ** j for j in range(1, 24)), *(2 ** 2 ** j for j in range(5, FARTHEST_SQUARINGS + 1))):
                yield {v: other.middle if v != u else max(side.lo, Fraction(far)) for v, other in box.items()}
