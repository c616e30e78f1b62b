"""How the claims about the universal law are measured."""
