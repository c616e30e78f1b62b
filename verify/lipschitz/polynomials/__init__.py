"""Symmetric tensors and polynomials as numbers: values, norms with safe bounds on both sides, and Lipschitz constants."""

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
    "SymmetricArray",
    "SymmetricTensor",
    "TensorForm",
    "as_tensor",
    "injective_norm",
    "nuclear_norm",
    "polynomial_network",
    "symmetrised",
]
