"""Symmetric tensors and polynomials as numbers: values, norms with safe bounds on both sides, Lipschitz constants, and fits of data."""

from verify.fits.tensors import SearchOptions, least_norm_polynomial, least_norm_tensor, low_rank_quadratic, prescribed_spectrum
from verify.lipschitz.polynomials.arrays import SymmetricArray, SymmetricTensor, as_tensor, symmetrised
from verify.lipschitz.polynomials.functions import PolynomialFunction, TensorForm, polynomial_network
from verify.lipschitz.polynomials.injective import Effort, NormEnclosure, injective_norm
from verify.lipschitz.polynomials.nuclear import NuclearEnclosure, NuclearOptions, nuclear_norm
from verify.lipschitz.polynomials.power_sum import PowerSum
from verify.lipschitz.polynomials.quadratics import Quadratic

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
