"""Studies with people: design, task pages, platforms, answers."""
