"""How smooth can a fit be?  The least Lipschitz constant of a function of a class that fits given data, certified on both sides.

`functions` any function and the classical classes; `kinks` at most k kinks; `layers` fixed, trained and infinitely wide hidden layers;
`quadratics`, `polynomials`; `fantope` a lower bound for narrow networks.  They stand on `exact` linear algebra and on cone `programs`.
The names below are imported when they are first used: most classes load solvers that the others do not need.

>>> from verify.fits import mcshane_fit
>>> mcshane_fit([[0.0], [2.0]], [0.0, 3.0]).upper
Fraction(3, 2)
"""

from importlib import import_module
from typing import Any

_HOME = {
    "FantopeOptions": "fantope.bound",
    "FitBudget": "kinks.fit",
    "FitStart": "kinks.fit",
    "GenerationOptions": "programs.cones",
    "KinkFit": "kinks.fit",
    "PolynomialOptions": "polynomials.search",
    "QuadraticOptions": "quadratics.search",
    "TrainedOptions": "layers.trained",
    "certified_contradiction": "layers.fixed_layer",
    "convex_fit": "functions.convex",
    "fantope_bound": "fantope.bound",
    "fit_kinks": "kinks.fit",
    "least_lipschitz": "layers.fixed_lipschitz",
    "least_lipsdp": "layers.fixed_layer",
    "least_norm": "layers.fixed_layer",
    "least_norm_fit": "functions.linear",
    "least_path_norm": "layers.fixed_layer",
    "least_path_norm_of_any_width": "layers.infinite_width",
    "mcshane_bound": "functions.mcshane",
    "mcshane_fit": "functions.mcshane",
    "mcshane_interpolant": "functions.mcshane",
    "minimal_polynomial": "polynomials.fit",
    "minimal_quadratic": "quadratics.fit",
    "monotone_fit": "functions.monotone",
    "no_quadratic": "quadratics.fit",
    "spline_fit": "functions.splines",
    "trained_fits": "layers.trained",
    "variation_fit": "functions.splines",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"verify.fits has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"verify.fits.{_HOME[name]}"), name)
