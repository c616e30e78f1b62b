"""Tests of verify/cli: the commands as a user or a script meets them."""
