#!/bin/sh
# A private PostgreSQL for one clone: data in var/pg, reached only through a unix socket.
# SPDX-License-Identifier: Apache-2.0
#
# usage: scripts/cluster.sh start | stop | env | remove
#   start   makes the cluster the first time, starts it, makes the role and the database; fine when it runs already
#   stop    stops it; fine when it does not run
#   env     prints the DATABASE_URL that reaches it
#   remove  stops it and throws its data away
# YIBAO_CLUSTER_DIR is where the data lie, if not in var/pg.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd -P)
link=${YIBAO_CLUSTER_DIR:-$root/var/pg}
hash=$(printf %s "$link" | sha256sum | cut -c 1-12)
is_root=$([ "$(id -u)" -eq 0 ] && echo yes || echo no)

say() {
    echo "cluster.sh: $*" >&2
}

# PostgreSQL refuses to run as root; then everything of it is user postgres's.
as_owner() {
    if [ "$is_root" = yes ]; then
        (cd / && exec runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

make_private_directory() {
    mkdir -p "$1"
    [ "$is_root" = no ] || chown postgres: "$1"
    chmod 0700 "$1"
}

# Where the data are, or shall be. A clone in a directory that user postgres cannot enter keeps them with that user, behind a link.
choose_data_directory() {
    mkdir -p "$(dirname "$link")"
    if [ ! -e "$link" ]; then
        [ ! -L "$link" ] || rm "$link"
        make_private_directory "$link"
        if ! as_owner test -w "$link"; then
            elsewhere=$(getent passwd postgres | cut -d: -f6)/yibaod-$hash
            say "user postgres cannot enter $link; the data go to $elsewhere"
            rmdir "$link"
            make_private_directory "$elsewhere"
            ln -s "$elsewhere" "$link"
        fi
    fi
    data=$(readlink -f "$link")
}

# A socket's path may have 107 bytes, of which /.s.PGSQL.5432 takes 14; and it goes into a URL.
choose_socket_directory() {
    socket=$link-socket
    if [ -L "$link" ] || [ "${#socket}" -gt 90 ] || printf %s "$socket" | grep -q '[^A-Za-z0-9/_.-]'; then
        socket=/tmp/yibaod-$hash
    fi
}

# The newest installed, or for existing data the one that made them.
choose_binaries() {
    if [ -e "$data/PG_VERSION" ]; then
        if [ ! -e "$data/yibaod.complete" ] && [ "${1-}" != any ]; then
            say "$link was left half made; make reset, then start again"
            exit 1
        fi
        version=$(cat "$data/PG_VERSION")
        binaries=/usr/lib/postgresql/$version/bin
        [ -x "$binaries/postgres" ] && return
        say "the data in $link were made by PostgreSQL $version, which is not installed; install it, or make reset"
        exit 1
    fi
    newest=$(find /usr/lib/postgresql -path '*/bin/postgres' 2>/dev/null | sort -V | tail -n 1)
    binaries=${newest%/postgres}
    [ -n "$binaries" ] && return
    say 'PostgreSQL is not installed; run scripts/install.sh'
    exit 1
}

# A pid file outlives a kill -9, and its number may meanwhile be another process's: ours works in the data directory.
is_running() {
    [ -e "$data/postmaster.pid" ] || return 1
    pid=$(head -n 1 "$data/postmaster.pid")
    [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$data" ]
}

init() {
    say "making a PostgreSQL cluster in $link"
    log=$(mktemp)
    if ! as_owner "$binaries/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --data-checksums \
        --no-instructions >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        exit 1
    fi
    rm -f "$log"
    # Trust is safe here: the socket lies in a directory that only its owner can enter. A server takes five connections
    # for each core and a few more, which 100 would not hold on a large machine.
    as_owner tee -a "$data/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
max_connections = 300
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
fsync = on
synchronous_commit = on
jit = off
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
CONF
    as_owner touch "$data/yibaod.complete"
}

query() {
    as_owner "$binaries/psql" -XqtA -h "$socket" -U postgres -d postgres -v ON_ERROR_STOP=1 -c "$1"
}

start() {
    # Half a start cannot be undone: whoever asks to stop is served after it.
    trap '' INT TERM HUP
    [ -s "$data/PG_VERSION" ] || init
    if ! is_running; then
        rm -f "$data/postmaster.pid"
        rm -rf "$socket"
        mkdir -m 0700 "$socket" # never one that somebody else has put there: /tmp is everybody's
        make_private_directory "$socket"
        try=1
        # After a crash the old one's shared memory may take a moment to go.
        until as_owner "$binaries/pg_ctl" start -s -w -t 120 -D "$data" -l "$data/server.log" -o "-k $socket"; do
            [ "$try" -lt 5 ] || { tail -n 20 "$data/server.log" >&2 && exit 1; }
            try=$((try + 1))
            sleep 0.5
        done
    fi
    [ -n "$(query "SELECT 1 FROM pg_roles WHERE rolname = 'yibao'")" ] || query 'CREATE ROLE yibao LOGIN CREATEROLE'
    [ -n "$(query "SELECT 1 FROM pg_database WHERE datname = 'yibao'")" ] || query 'CREATE DATABASE yibao OWNER yibao'
}

stop() {
    trap '' INT TERM HUP
    if is_running; then
        as_owner "$binaries/pg_ctl" stop -s -w -t 60 -m fast -D "$data" ||
            as_owner "$binaries/pg_ctl" stop -s -w -m immediate -D "$data"
    fi
    rm -rf "$socket"
}

case "${1-}" in
start)
    choose_data_directory
    choose_socket_directory
    choose_binaries
    start
    ;;
stop | remove)
    [ -e "$link" ] || exit 0
    data=$(readlink -f "$link")
    choose_socket_directory
    [ ! -e "$data/PG_VERSION" ] || { choose_binaries any && stop; }
    [ "$1" = stop ] || rm -rf "$data" "$link"
    ;;
env)
    choose_socket_directory
    echo "postgresql:///yibao?host=$socket&user=yibao"
    ;;
*)
    sed -n '5,10s/^# //p' "$0" >&2
    exit 2
    ;;
esac
