"""`python -m modelsync` is the command line, where the `syncmodels` script is not on the path."""

import sys

from modelsync.cli.main import main

sys.exit(main())
