"""Distillation: one fast network learns what a larger model predicts."""
