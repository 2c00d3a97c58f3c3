"""Estimates and tests for the question "name this video": what was answered, for which label, and what chance gives."""
