"""What the commands do with a study: publish, extend, collect, review, pay, close, check, back up."""
