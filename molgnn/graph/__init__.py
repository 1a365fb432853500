"""From SMILES to one graph per batch: codes instead of vectors, arrays instead of objects."""
