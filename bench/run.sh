#!/bin/sh
# Installs what the measurements need, then runs them; arguments go to bench/run.py.
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."
scripts/install.sh --bench
exec /usr/bin/python3 bench/run.py "$@"
