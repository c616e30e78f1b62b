"""The exact reading of terms and formulas: rationals and Arb balls on instances of integers and fractions."""

from verify.evaluate.exact.formulas import check_exact, evaluate_exact
from verify.evaluate.exact.terms import reads_exactly

__all__ = ["check_exact", "evaluate_exact", "reads_exactly"]
