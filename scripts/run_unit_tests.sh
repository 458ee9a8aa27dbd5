#!/bin/sh
# Runs each unit test program given, prints one line for each, and the whole output of those that fail.
# SPDX-License-Identifier: Apache-2.0
set -u
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for program in "$@"; do
    if timeout 600 "$program" >"$log" 2>&1; then
        printf 'ok     %s (%s tests)\n' "$program" "$(grep -c '^\[       OK \]' "$log")"
    else
        printf 'FAILED %s\n' "$program"
        cat "$log"
        failed=$((failed + 1))
    fi
done
[ "$failed" -eq 0 ] || echo "$failed of $# unit test programs failed" >&2
[ "$failed" -eq 0 ]
