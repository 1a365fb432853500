"""From a table to a run folder: table checks, folds, ensembles, test metrics, the report."""
