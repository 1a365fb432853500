"""Molecular graphs: SMILES to featurized arrays, one graph per batch, DGLGraph in and out."""
