"""What commands do to a study: publish, extend, collect, review, pay, close, check, back up."""
