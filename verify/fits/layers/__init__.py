"""Fits by ReLU layers: a fixed hidden layer, a trained one, and one of any width."""
