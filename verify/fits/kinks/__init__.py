"""Least Lipschitz constants of fits with at most k kinks: a tree of cone programs over the patterns at anchors."""
