"""The numeric reading of terms and formulas on instances: floats with tracked errors,
and rigorous balls on exact instances.
"""

from verify.evaluate import (
    arithmetic,
    chosen,
    circle,
    elementary,
    entries,
    functions,
    integral,
    kinks,
    laws,
    linear,
    polynomials,
    properties,
    recognisers,
    sup,
    tensors,
)
from verify.evaluate.comparison import HELD, Outcome, PlaceOutcome, Truth, single
from verify.evaluate.exact import check_exact, evaluate_exact, off_domain_words
from verify.evaluate.facts import Evaluator, FactCheck, evaluate, evaluate_formula, read_off_domain
from verify.evaluate.properties import property_check
from verify.evaluate.scope import Env, Options, Scope, compiled, reads
from verify.evaluate.sup import register_sup
from verify.evaluate.values import Interval
from verify.objects.instance import Instance

# importing these modules declares how their terms are read
_READINGS = (
    arithmetic, chosen, circle, elementary, entries, functions, integral, kinks, laws, linear, polynomials, properties, recognisers, sup,
    tensors,
)

__all__ = [
    "HELD",
    "Env",
    "Evaluator",
    "FactCheck",
    "Instance",
    "Interval",
    "Options",
    "Outcome",
    "PlaceOutcome",
    "Scope",
    "Truth",
    "check_exact",
    "compiled",
    "evaluate",
    "evaluate_exact",
    "evaluate_formula",
    "off_domain_words",
    "property_check",
    "read_off_domain",
    "reads",
    "register_sup",
    "single",
]
