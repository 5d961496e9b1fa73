"""`python -m cardiac`: the command line."""

from cardiac.cli import main

main()
