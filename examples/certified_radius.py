"""A certified radius: if f and g have Lipschitz constants at most L, f > g stays true within (f(x) − g(x))/(2L) of x."""

from lawbook import (
    Abs, Claim, Function, Hypothesis, Implies, Lip, NormDomain, Reading, Source, Space, Symbol, VectorSymbol, d, forall, le, lipschitz_with,
    lt, norm, proof, rule, step,
)

L = Symbol("L", positive=True)
f, g, x, v = Function("f", d), Function("g", d), VectorSymbol("x", d), VectorSymbol("v", d)
SHIFT, ALL = (v, Space(d)), Space(d)
smooth_f = Hypothesis("f", lipschitz_with(le(Lip(f, ALL), L)), "f is Lipschitz with constant L")
smooth_g = Hypothesis("g", lipschitz_with(le(Lip(g, ALL), L)), "g is Lipschitz with constant L")
margin = f(x) - g(x)


def certified(id, title, radius):
    """Each function moves by at most L‖v‖."""
    law = forall(Implies(lt(norm(v), radius), lt(g(x + v), f(x + v))), SHIFT)
    moved = [step(f"{h.name} moves", forall(le(Abs(h(x) - h(x + v)), Lip(h, ALL) * norm(x - (x + v))), SHIFT), by=rule.lip, using=h.name)
             for h in (f, g)]
    return Claim(id=id, title=title, source=Source("Tsuzuku, Sato, Sugiyama, Lipschitz-margin training, NeurIPS 2018", "Proposition 1"),
                 reading=Reading.OURS, domain=NormDomain.GLOBAL, hypotheses=(smooth_f, smooth_g), conclusion=law,
                 proofs=(proof(*moved, step("law", law, by="polynomial", using=("f moves", "g moves", "f", "g"))),))


claim = certified("certified_radius", "certified radius", margin / (2 * L))
lost = certified("certified_radius.false.two", "the factor 2 is lost", margin / L)
