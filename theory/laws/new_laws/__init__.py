"""Laws of robustness that are lawbook's own: every activation, the sphere, blocks of kinks, quadratic neurons with biases."""

ORDER = 4  # of the family in the ledger
