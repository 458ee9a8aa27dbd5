#!/bin/sh
# Checks and tests the alert rules with promtool, which it takes out of Debian's package without installing that.
# SPDX-License-Identifier: Apache-2.0
#
# The package starts a Prometheus and keeps it running; all that is wanted is one program of it, kept under var/.
set -eu
cd "$(dirname "$0")/.."
promtool=$(command -v promtool || echo var/tools/promtool)

if [ ! -x "$promtool" ]; then
    mkdir -p var/tools
    directory=$(mktemp -d)
    trap 'rm -rf "$directory"' EXIT
    chmod 755 "$directory" # apt-get downloads as a user of its own
    (cd "$directory" && apt-get -qq download prometheus)
    dpkg-deb --fsys-tarfile "$directory"/prometheus_*.deb | tar -xO ./usr/bin/promtool >"$promtool.part"
    chmod 755 "$promtool.part"
    mv "$promtool.part" "$promtool"
fi
"$promtool" check rules ops/prometheus/yibaod.rules.yml
exec "$promtool" test rules ops/prometheus/*.test.yml
