"""Training: one loop, the examples it sees, and a recipe per network."""
