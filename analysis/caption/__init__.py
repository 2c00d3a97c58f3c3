"""Estimates for the question which of several captions fits a video."""
