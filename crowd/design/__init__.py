"""What is decided before publication: the study file, the videos, who sees what, and what it costs."""
