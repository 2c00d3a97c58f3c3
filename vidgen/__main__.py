"""`python -m vidgen` is the `vidgen` program."""

from vidgen.cli import main

main()
