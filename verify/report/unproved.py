"""Why each cited lemma is cited and not derived in the kernel: what the derivation would take."""

_MEASURE = "needs integrals over the sphere or of Gaussian densities; the kernel has no measure theory"
_LARGE_DEVIATIONS = "needs exponential moments of sums of independent variables, and integrals where they are not signs"
_SPECTRAL = "needs the spectral theorem, or singular values; the kernel knows the largest eigenvalue by Rayleigh's principle only"
_RANK = "needs bases: the kernel knows of the rank only what projections say"
_CIRCLE = "needs probabilities of events about sign changes around a circle, which the kernel does not compute"
_CONTRACTION = "needs the comparison of suprema one sign after the other; its proof fits the kernel and is not written"
_CONVEX = "needs the entropy method, or Talagrand's convex distance"
_MATRIX = "needs matrix exponentials and Lieb's theorem"
_TENSORS = "needs unfoldings, or best rank-one approximations, of tensors of any order"

WHY: dict[str, str] = {
    "lemma.kantorovich_line": "needs integrals over the line", "lemma.cut_mass": "needs integrals over the line",
    "lemma.pair_cap": _MEASURE, "lemma.cap": _MEASURE, "lemma.laurent_massart.upper": _MEASURE, "lemma.laurent_massart.lower": _MEASURE,
    "lemma.gaussian_length.upper": _MEASURE, "lemma.gaussian_length.lower": _MEASURE,
    "lemma.mean_chi": _MEASURE, "lemma.mean_chi_upper": _MEASURE, "lemma.mills": _MEASURE, "lemma.davidson_szarek.least": _MEASURE,
    "lemma.davidson_szarek.G": _MEASURE, "lemma.davidson_szarek.S": _MEASURE,
    "lemma.sign_change_partition": _CIRCLE, "lemma.constant_labels": _CIRCLE, "lemma.uniform_spacings": _CIRCLE,
    "lemma.circle_slope": _CIRCLE,
    "lemma.mcdiarmid": _LARGE_DEVIATIONS, "lemma.hoeffding": _LARGE_DEVIATIONS,
    "lemma.mgf_signs": "needs that the signs are independent one by one; the kernel flips them only",
    "lemma.contraction_abs": _CONTRACTION, "lemma.contraction": _CONTRACTION, "lemma.contraction_shifted": _CONTRACTION,
    "lemma.matrix_rademacher": _MATRIX,
    "lemma.convex_concentration": _CONVEX, "lemma.convex_concentration_shifted": _CONVEX,
    "lemma.gram_rayleigh": _SPECTRAL, "lemma.kyfan_fantope": _SPECTRAL, "lemma.schur_product": _SPECTRAL, "lemma.kyfan": _SPECTRAL,
    "lemma.form_max": _SPECTRAL, "lemma.form_least": _SPECTRAL, "lemma.nuc_fro": _SPECTRAL, "lemma.pairing_range": _SPECTRAL,
    "lemma.fro_rank": _SPECTRAL, "lemma.nuc_op": _SPECTRAL, "lemma.trace_duality": _SPECTRAL, "lemma.eigsum_max": _SPECTRAL,
    "lemma.eigsum_trace": _SPECTRAL,
    "lemma.rank_min": _RANK, "lemma.onto": _RANK, "lemma.kernel_unit": _RANK, "lemma.rank_outer": _RANK,
    "lemma.gradient_smooth": "needs integrals of gradients along segments",
    "lemma.markov_coeff": "needs extremal polynomials (V. Markov)",
    "lemma.moment_injective": "needs inner products of tensor products, factor by factor",
    "lemma.form_net": "needs the volumes of balls, for the size of a net of the sphere",
    "lemma.tensor_fro_op": _TENSORS, "lemma.banach": _TENSORS,
}
