#!/bin/sh
# `make run`: from a fresh clone to a served curl line; the second time only starts what is there.
# SPDX-License-Identifier: Apache-2.0
#
# DATABASE_URL: use that PostgreSQL and start none. YIBAO_LISTEN, YIBAO_OPS_LISTEN and the rest: docs/configuration.md.
set -eu
cd "$(dirname "$0")/.."
mkdir -p var

child=
is_stopping=
owns_cluster=

# Signals reach a shell only between commands, so whatever may last runs in the background and is waited for.
stop() {
    [ -z "$is_stopping" ] || return 0
    is_stopping=yes
    [ -z "$child" ] || kill -TERM "$child" 2>/dev/null || true
}

# Status 0 when the child was told to stop: that is what was asked for.
wait_for_child() {
    status=0
    wait "$child" || status=$?
    while kill -0 "$child" 2>/dev/null; do # the wait was cut short by a signal
        status=0
        wait "$child" || status=$?
    done
    child=
    [ -z "$is_stopping" ] || exit 0
    return "$status"
}

step() {
    "$@" 9>&- <&0 &
    child=$!
    wait_for_child
}

finish() {
    status=$?
    trap '' INT TERM HUP
    if [ -n "$child" ]; then
        kill -TERM "$child" 2>/dev/null || true
        wait "$child" || true
    fi
    if [ -n "$owns_cluster" ]; then
        scripts/cluster.sh stop 9>&-
    fi
    exit "$status"
}

exec 9>var/run.lock
if ! flock -n 9; then
    echo 'make run: already running in this clone' >&2
    exit 1
fi
trap finish EXIT
trap stop INT TERM HUP

step scripts/install.sh
step env MAKEFLAGS= "${MAKE:-make}" --no-print-directory -j"$(nproc)" -s build

if [ -z "${DATABASE_URL-}" ]; then
    owns_cluster=yes
    step scripts/cluster.sh start
    DATABASE_URL=$(scripts/cluster.sh env)
    export DATABASE_URL
fi
step build/yibaod migrate

# The demo belongs to one database: another DATABASE_URL gets its own.
database=$(printf %s "$DATABASE_URL" | sha256sum | cut -c 1-64)
if [ "${YIBAO_MODE:-development}" = development ]; then
    if [ ! -s var/demo.json ] || [ "$(cat var/demo.database 2>/dev/null)" != "$database" ]; then
        echo 'make run: loading demo data' >&2
        step scripts/demo.sh
        rm -f var/demo.database
        (umask 077 && echo "$database" >var/demo.database) # the hash of a weak password can be guessed from
    fi
fi

# Says where the API is, once it is ready; ends quietly when the server does not get so far.
announce() {
    ops=${YIBAO_OPS_LISTEN:-127.0.0.1:8081}
    until curl -fs -o /dev/null --max-time 2 "http://$ops/readyz"; do
        kill -0 "$1" 2>/dev/null || return 0
        sleep 0.05
    done
    /usr/bin/python3 scripts/announce.py "${YIBAO_LISTEN:-127.0.0.1:8080}"
}

# Text messages of the demo stand in a file, one JSON line each.
if [ "${YIBAO_MODE:-development}" = development ]; then
    YIBAO_SMS_GATEWAY=${YIBAO_SMS_GATEWAY:-file:var/sms.jsonl}
    export YIBAO_SMS_GATEWAY
fi

build/yibaod serve 9>&- &
child=$!
announce "$child" 9>&- &
wait_for_child
