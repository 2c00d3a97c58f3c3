"""Captions: what a clip of one or several moving objects shows, as data and as a sentence."""
