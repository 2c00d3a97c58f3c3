"""Estimates for questions that ask to mark the moment at which something breaks: how often, where, and what."""
