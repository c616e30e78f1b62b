"""How the claims of the new laws are measured."""
