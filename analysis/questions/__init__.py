"""Questions of any kind: which a table has, their rows, what is left out, how methods are compared."""
