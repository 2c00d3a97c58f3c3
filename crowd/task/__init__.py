"""The page of a task, and the rows of the answers that it sends."""
