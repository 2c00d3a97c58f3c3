"""The page of a task, and the rows of answers that come back."""
