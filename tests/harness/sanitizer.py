"""What cannot hold for a program built with a sanitizer (scripts/sanitize.sh)."""
# SPDX-License-Identifier: Apache-2.0
import os

import pytest

without_sanitizer = pytest.mark.skipif(
    "YIBAO_SANITIZER" in os.environ, reason="a sanitizer has its own malloc, and takes memory and system calls of its own")
