#!/bin/sh
# Loads the demo people and writes var/demo.json with their tokens. Needs DATABASE_URL and a migrated database; does nothing twice.
# SPDX-License-Identifier: Apache-2.0
#
# YIBAO_DEMO_FILE: write there instead. YIBAO_BINARY: use that program instead of build/yibaod.
set -eu
cd "$(dirname "$0")/.."
if [ "${YIBAO_MODE:-development}" = production ]; then
    echo 'demo.sh: production takes no demo data and no demo tokens' >&2
    exit 1
fi
exec /usr/bin/python3 tools/demo_people.py
