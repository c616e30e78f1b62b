"""How the claims about networks with arbitrary weights are measured."""
