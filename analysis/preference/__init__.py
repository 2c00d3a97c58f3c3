"""Estimates and tests for the question "which of these two videos is better?"."""
