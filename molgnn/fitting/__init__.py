"""Train one network: data, batches, the training loop, checkpoints, early stopping."""
