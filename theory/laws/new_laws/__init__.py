"""Laws of robustness that are lawbook's own: every activation, ReLU, the sphere, kinks that corners cover."""

ORDER = 4  # of the family in the ledger
