"""Estimates and tests for questions that ask to put methods in order: mean ranks and Plackett–Luce strengths."""
