#!/bin/sh
# Builds with a sanitizer and runs the unit programs and the Python suites that way; any report fails it.
# SPDX-License-Identifier: Apache-2.0
#
# usage: scripts/sanitize.sh address | thread [PYTEST-ARGUMENT…]
#   address  AddressSanitizer, UndefinedBehaviorSanitizer and LeakSanitizer
#   thread   ThreadSanitizer
# Without arguments for pytest: all suites, as `make test` runs them. Reports stay in var/sanitize/.
set -eu
cd "$(dirname "$0")/.."

case "${1-}" in
address) flags='-fsanitize=address,undefined -fno-sanitize-recover=all' ;;
thread) flags='-fsanitize=thread' ;;
*)
    sed -n '5,8s/^# //p' "$0" >&2
    exit 2
    ;;
esac
kind=$1
shift
out=build/$kind
reports=$PWD/var/sanitize/$kind
rm -rf "$reports"
mkdir -p "$reports"
# Servers get environments of their own from the tests, so what a sanitizer is to do travels in a program in front.
options="log_path=$reports/report:abort_on_error=0:exitcode=99"
export YIBAO_SANITIZER="$kind" YIBAO_BINARY="$PWD/$out/yibaod-reporting"

make --no-print-directory OUT="$out" LINK_FLAGS= MODE_FLAGS="-O1 -fno-omit-frame-pointer $flags" build unit
cat >"$YIBAO_BINARY" <<END
#!/bin/sh
ASAN_OPTIONS=$options:detect_stack_use_after_return=1 UBSAN_OPTIONS=$options:print_stacktrace=1 TSAN_OPTIONS=$options:halt_on_error=0 \\
    exec "$PWD/$out/yibaod" "\$@"
END
chmod +x "$YIBAO_BINARY"

status=0
if [ $# -gt 0 ]; then
    "${PYTHON:-/usr/bin/python3}" -m pytest -q "$@" || status=$?
else
    "${PYTHON:-/usr/bin/python3}" -m tests || status=$?
fi
# One that is killed while LeakSanitizer looks through its threads says so, and that is no report.
find "$reports" -type f | while read -r report; do
    grep -qv 'Unable to get registers from thread' "$report" || rm "$report"
done
found=$(find "$reports" -type f | wc -l)
echo "sanitize.sh: $found reports of $kind in $reports"
[ "$found" -eq 0 ] && exit "$status"
head -n 60 "$(find "$reports" -type f | head -n 1)" >&2
exit 1
