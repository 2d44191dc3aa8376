"""``python -m lineclf.audit``."""

import sys

from lineclf.audit import main

__all__: list[str] = []

sys.exit(main())
