"""How good a trained model is, as a page that a chemist can read."""
