"""Score predictions against the gold, from a checkout: the verb `communique score`."""

import sys

from communique.cli import main

sys.argv.insert(1, "score")
main()
