"""The Fantope bound on the Lipschitz constant of narrow networks: certified, and by a general conic solver for comparison."""
