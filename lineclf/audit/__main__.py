"""``python -m lineclf.audit``."""

import sys

from lineclf.audit import main

sys.exit(main())
