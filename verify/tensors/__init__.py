"""Symmetric tensors and polynomials as numbers: values, norms with safe bounds on both sides, Lipschitz constants, and fits of data."""

from verify.tensors.arrays import SymmetricArray, SymmetricTensor, as_tensor, symmetrised
from verify.tensors.fits import SearchOptions, least_norm_polynomial, least_norm_tensor, low_rank_quadratic, prescribed_spectrum
from verify.tensors.functions import PolynomialFunction, TensorForm, polynomial_network
from verify.tensors.injective import Effort, NormEnclosure, injective_norm
from verify.tensors.nuclear import NuclearEnclosure, NuclearOptions, nuclear_norm
from verify.tensors.power_sum import PowerSum
from verify.tensors.quadratics import Quadratic

__all__ = [
    "Effort",
    "NormEnclosure",
    "NuclearEnclosure",
    "NuclearOptions",
    "PolynomialFunction",
    "PowerSum",
    "Quadratic",
    "SearchOptions",
    "SymmetricArray",
    "SymmetricTensor",
    "TensorForm",
    "as_tensor",
    "injective_norm",
    "least_norm_polynomial",
    "least_norm_tensor",
    "low_rank_quadratic",
    "nuclear_norm",
    "polynomial_network",
    "prescribed_spectrum",
    "symmetrised",
]
