"""Certificates of Lipschitz constants of one network: branch trees, slope relaxations, path norms."""
