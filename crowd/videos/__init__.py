"""The videos of a study: the table that lists them, and their files as browsers play them."""
