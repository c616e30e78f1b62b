"""The exact reading of terms and formulas: rationals and Arb balls on instances of integers and fractions."""

from verify.evaluate.exact import chosen, elementary, kinks, tensors
from verify.evaluate.exact.formulas import check_exact, evaluate_exact, off_domain_words
from verify.evaluate.exact.terms import reads_exactly

_READINGS = (chosen, elementary, kinks, tensors)  # importing them declares how their terms are read

__all__ = ["check_exact", "evaluate_exact", "off_domain_words", "reads_exactly"]
