"""The scalar steps of Bernstein's inequality: Bennett's function, a moment generating function, and the best exponent."""

from lawbook import Claim, Hypothesis, NormDomain, Rational, Reading, Source, Symbol, eq, exp, le, log, lt, proof, step

u, x = Symbol("u", nonnegative=True), Symbol("x", nonnegative=True)
t, v, b = (Symbol(name, positive=True) for name in "tvb")
below = Hypothesis("below", lt(x, 3))


def bernstein(id, title, law, *steps, hypotheses=()):
    """A claim about numbers: an inequality by slopes, an identity where steps say that it makes sense."""
    using = (*(s.name for s in steps), *(h.name for h in hypotheses))
    return Claim(id=id, title=title, source=Source("Boucheron, Lugosi, Massart, Concentration Inequalities, 2013", "Section 2.7"),
                 reading=Reading.OURS, domain=NormDomain.DATA, hypotheses=hypotheses, conclusion=law,
                 proofs=(proof(*steps, step("law", law, by="algebra" if steps else "ball", using=using)),))


def bennett(c):
    """(1 + u) log(1 + u) − u is at least u²/(2 + cu)."""
    return le(u**2 / (2 + c * u), (1 + u) * log(1 + u) - u)


def moment(c):
    """e^x is at most its quadratic part over 1 − x/c."""
    return le(exp(x), 1 + x + x**2 / (2 * (1 - x / c)))


rate = t / (v + b * t / 3)
proper = step("proper", lt(0, 1 - b * rate / 3), by="polynomial")


def exponent(c):
    """The exponent at the best rate."""
    return eq(rate**2 * v / (2 * (1 - b * rate / 3)) - rate * t, -t**2 / (2 * (v + b * t / c)))


claim = bernstein("bernstein.bennett", "Bennett's function is at least Bernstein's", bennett(Rational(2, 3)))
third = bernstein("bernstein.bennett.false", "2 + u/3 in place of 2 + 2u/3", bennett(Rational(1, 3)))
mgf = bernstein("bernstein.mgf", "the moment generating function", moment(3), hypotheses=(below,))
quarter = bernstein("bernstein.mgf.false", "1 − x/4 in place of 1 − x/3", moment(4), hypotheses=(below,))
best = bernstein("bernstein.exponent", "the exponent at the best rate", exponent(3), proper)
worse = bernstein("bernstein.exponent.false", "bt/4 in place of bt/3", exponent(4), proper)
