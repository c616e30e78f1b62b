"""What a user writes: data, networks, claims, the language of statements, and what is asked of them.

Everything is imported when it is first used, so `import lawbook` costs nothing; what lies deeper may move.  Under `pytest -p lawbook` the
claims of a module are property tests.

>>> from lawbook import check, find_claim
>>> check(find_claim("mcshane.floor")).status.value
'PROVED'
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    # claims, and what a proof of one is made of
    "theory.check": "ClaimReport check",
    "theory.claim": "Audit Chance Claim Constant Hypothesis NormDomain Reading Twin",
    "theory.errors": "BadData HypothesisViolated LawbookError NotCertified ShapeError",
    "theory.proof": "Lemma LemmaKind Proof Step Use proof step",
    "theory.lemmas.build": "ours textbook",
    "theory.registry": "claims families find_claim find_lemma lemma lemmas rule",
    "theory.source": "Source",
    "theory.terms.printing.latex": "latex",
    "theory.terms.printing.text": "text",
    "theory.verdict": "Status Verdict",
    # the language of statements
    "theory.terms": """
        Abs Activation And asin Ball Binder binomial bounded_above CircleSlope Clearance ClearPoint convex d depends_only_on
        differentiable Direction dot eigenvalue_sum Eq eq erf Event Exists exp Expect factorial Family floor ForAll forall Formula fro_norm
        Function GaussianRows ge Gradient Implies independent_blocks independent_rows index Indicator injective_norm Integer Interval k
        KernelVector largest_fall largest_slope Le le LINE LineIntegral Lip lipschitz_activation lipschitz_on lipschitz_with log Lt lt
        MarkovBound Matrix MatrixSymbol Max MeanChiNorm member Min n NonnegativeTable norm normal_cdf nuclear_norm op_norm OppositeGap Or
        orthogonal_projection Outer pi polynomial_activation positively_homogeneous Prob Property r Range rank Rational Realiser Relation
        relu replace Scalar SignChanges Signs smooth Space Sphere SphereRows sqrt strongly_convex Sum Sup Symbol symmetric_tensor
        TaylorCoefficient tensor_nuclear_norm tensor_product TensorPower TensorSymbol thereis trace Uniform Vector VectorEq VectorFamily
        VectorSymbol zero
    """,
    # data, networks, domains
    "verify.objects.data": "Dataset draw",
    "verify.objects.data.files": "load_dataset",
    "verify.objects.data.reading": "FileReading",
    "verify.objects.domains": "ball box Budget Domain Enclosure geodesic_sphere GLOBAL hull sphere",
    "verify.objects.instance": "Instance",
    "verify.objects.networks": "activation cancelling_pair load_network load_vector_network Network save_network VectorNetwork",
    # Lipschitz constants and fits, with certificates
    "theory.certificates.exact.documents": "read_certificate write_certificate",
    "theory.certificates.files": "write_bundle",
    "theory.certificates.fits.lower_bound": "check_certificate",
    "verify.fits": """
        convex_fit fantope_bound FantopeOptions fit_kinks FitBudget FitStart GenerationOptions KinkFit least_lipschitz least_lipsdp
        least_norm least_norm_fit least_path_norm least_path_norm_of_any_width mcshane_bound mcshane_fit mcshane_interpolant
        minimal_polynomial minimal_quadratic monotone_fit no_quadratic PolynomialOptions QuadraticOptions spline_fit trained_fits
        TrainedOptions variation_fit
    """,
    "verify.fits.explicit": "random_feature_fit",
    "verify.fits.lower_bounds": "bounds",
    "verify.lipschitz": "lipschitz_enclosure",
    "verify.lipschitz.radius": "radius RadiusBudget",
    "verify.lipschitz.vector": "certified_vector_enclosure vector_enclosure",
    # claims put to the test
    "verify.evaluate": "evaluate evaluate_formula",
    "verify.experiments.atlas.build": "read_atlas",
    "verify.laws.measure": "Counterexample Measurement RefutingFamily",
    "verify.laws.registry": "measurements",
    "verify.report.atlas": "smallest tally",
    "verify.trials.audit": "audit",
    "verify.trials.hunt": "ablate Found hunt NothingFound",
    "verify.trials.property.testing": "ClaimViolated given_instances property_test try_property",
    "verify.trials.refutation.refute": "refute",
    "verify.trials.trial": "sample",
}
_UNDER_OTHER_NAMES = {                  # as the commands are called
    "fit": ("verify.fits", "fit_kinks"),
    "lipschitz": ("verify.lipschitz", "network_enclosure"),
    "verify": ("theory.certificates.files", "check_file"),
}
_MODULES = {                            # whole rooms, for the rest of what is in them
    "constructions": "verify.fits.constructions",
    "data": "verify.objects.data",
    "fits": "verify.fits",
    "networks": "verify.objects.networks",
    "setting": "theory.laws.setting",
    "strategies": "verify.trials.property.strategies",
    "terms": "theory.terms",
}
_HOME = {name: (home, name) for home, names in _NAMES.items() for name in names.split()} | _UNDER_OTHER_NAMES
__all__ = sorted([*_HOME, *_MODULES])

pytest_plugins = ("verify.trials.property.pytest_plugin",)      # read by pytest alone, and only under `-p lawbook`


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        found = import_module(_MODULES[name])
    elif name in _HOME:
        home, own = _HOME[name]
        found = getattr(import_module(home), own)
    else:
        raise AttributeError(f"lawbook has no attribute {name!r}; it has {', '.join(__all__)}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*__all__, *globals()]


if __name__ == "__main__":
    from verify.cli.start import main
    main()
