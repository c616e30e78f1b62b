"""Pinsker's inequality for two laws on two points, and what it says of error probabilities."""

from lawbook import Abs, Claim, Hypothesis, NormDomain, Reading, Source, Symbol, le, lemma, log, lt, proof, sqrt, step

p, q = Symbol("p", real=True), Symbol("q", real=True)
inside = tuple(Hypothesis(name, fact) for name, fact in (
    ("0 < p", lt(0, p)), ("p < 1", lt(p, 1)), ("0 < q", lt(0, q)), ("q < 1", lt(q, 1))))
names = tuple(h.name for h in inside)
divergence = p * log(p / q) + (1 - p) * log((1 - p) / (1 - q))


def pinsker(id, title, law):
    """The lemma, and a square root."""
    return Claim(id=id, title=title, source=Source("Cover, Thomas, Elements of Information Theory, 2nd ed. 2006", "Lemma 11.6.1"),
                 reading=Reading.OURS, domain=NormDomain.DATA, hypotheses=inside, conclusion=law, proofs=(proof(
                     step("Pinsker", le(2 * (p - q) ** 2, divergence), by=lemma.pinsker, using=names),
                     step("law", law, by="polynomial", using="Pinsker")),))


claim = pinsker("pinsker", "Pinsker's inequality for two points", le(Abs(p - q), sqrt(divergence / 2)))
lost = pinsker("pinsker.false.constant", "1/4 in place of 1/2", le(Abs(p - q), sqrt(divergence / 4)))
