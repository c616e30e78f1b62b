"""Laws for two-layer networks with arbitrary weights [Shmalo 2026]: rigidity of the kinks of a canonical form."""

ORDER = 2  # of the family in the ledger
