"""Pretrain an encoder on molecules without labels, for trainings to start from."""
