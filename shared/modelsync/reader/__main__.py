"""`python -m modelsync.reader`: the command `models`, where no script is installed."""

import sys

from modelsync.reader.main import main

sys.exit(main())
