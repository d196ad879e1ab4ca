"""`python -m labguide` is the command line."""

from labguide.cli import main

main()
