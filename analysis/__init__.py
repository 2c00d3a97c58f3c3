"""From an answers table to estimates, tests and a report."""
