"""Simulated participants, over HTTP or in a browser, and the probabilities of their answers."""
