"""The ledger as a static site: pages of claims and lemmas, the graph of what rests on what, the atlas, the experiments."""
