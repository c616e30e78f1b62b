"""The claims of the library, one folder a family, with the symbols that they share in `setting`."""
