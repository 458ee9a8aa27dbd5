#!/bin/sh
# Runs fuzz targets one after the other for a while each, from the corpora that are checked in, and says what each did.
# SPDX-License-Identifier: Apache-2.0
#
# usage: scripts/fuzz.sh   (make fuzz builds before; variables say the rest)
#   FUZZ_TARGET='cursor token'  only these; all of tests/fuzz/fuzz.h otherwise
#   FUZZ_SECONDS=60             for each
#   FUZZ_MERGE=yes              afterwards what was new is added to tests/fuzz/corpus/, and that is made small again
set -eu
program=build/fuzz/fuzz
targets=${FUZZ_TARGET:-$(sed -n 's/^ *TARGET(\([a-z_]*\)).*/\1/p' tests/fuzz/fuzz.h)}
failed=
"${PYTHON:-/usr/bin/python3}" tests/fuzz/seeds.py build/fuzz/seeds
for target in $targets; do
    export YIBAO_FUZZ_TARGET="$target"
    corpus=tests/fuzz/corpus/$target
    found=build/fuzz/found/$target
    log=build/fuzz/$target.log
    options=
    [ ! -f "build/fuzz/seeds/$target.dict" ] || options="-dict=build/fuzz/seeds/$target.dict"
    mkdir -p "$corpus" "$found"
    # Settings that are refused would fill the log; the price is that a sanitizer's words are lost there too.
    closed=1
    [ "$target" != settings ] || closed=3
    # shellcheck disable=SC2086 # none or one word
    if nice -n 19 "$program" $options -max_total_time="${FUZZ_SECONDS:-60}" -max_len=8192 -timeout=10 \
        -rss_limit_mb=2048 -print_final_stats=1 -close_fd_mask="$closed" -artifact_prefix="build/fuzz/crash-$target-" \
        "$found" "$corpus" "build/fuzz/seeds/$target" 2>"$log"; then
        printf '%-16s %12s executions, coverage %s\n' "$target" \
            "$(sed -n 's/^stat::number_of_executed_units: //p' "$log")" \
            "$(sed -n 's/.* cov: \([0-9]*\).*/\1/p' "$log" | tail -1)"
    else
        failed="$failed $target"
        printf 'FAILED %s: see %s; what it failed on is in build/fuzz/crash-%s-*\n' "$target" "$log" "$target"
        grep -E 'ERROR|Assertion|runtime error' "$log" | head -3
    fi
    [ "${FUZZ_MERGE:-}" = yes ] || continue
    rm -rf "$corpus.new"
    mkdir "$corpus.new"
    "$program" -merge=1 -max_len=8192 "$corpus.new" "$corpus" "$found" "build/fuzz/seeds/$target" 2>>"$log"
    # What was once a finding stays, whatever it covers.
    cp "$corpus"/finding-* "$corpus.new" 2>/dev/null || true
    rm -rf "$corpus"
    mv "$corpus.new" "$corpus"
done
[ -z "$failed" ] || { echo "failed:$failed" >&2; exit 1; }
