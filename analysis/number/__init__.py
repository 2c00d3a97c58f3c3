"""Estimates for questions that ask for a number: mean, median and quartiles."""
