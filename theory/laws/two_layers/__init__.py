"""The laws of robustness for two-layer networks (Bubeck, Li, Nagaraj 2021), as printed and in a sharp form."""

ORDER = 1  # of the family in the ledger
