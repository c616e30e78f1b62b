"""Lipschitz constants of networks with smooth activations: certified covers of the domain."""
