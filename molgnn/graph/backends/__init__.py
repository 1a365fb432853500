"""The ways from SMILES to raw integer properties, which all give the same numbers."""
