#!/bin/sh
# Makes the cluster and its logins on an empty volume, then becomes PostgreSQL; arguments are its own, such as -c work_mem=8MB.
# SPDX-License-Identifier: Apache-2.0
set -eu
data=/var/lib/postgresql/data
new=$data.new

# The first line of a secret, as a literal of SQL.
literal() {
    printf "'%s'" "$(head -n 1 "/run/secrets/$1" | sed "s/'/''/g")"
}

# db/README.md: the owner migrates; the program's login owns nothing. Neither may make roles.
roles() {
    cat <<SQL
SET password_encryption = 'scram-sha-256';
CREATE ROLE yibao_app NOLOGIN;
CREATE ROLE yibao_owner LOGIN PASSWORD $(literal owner.password);
GRANT yibao_app TO yibao_owner;
CREATE ROLE yibao_web LOGIN NOINHERIT PASSWORD $(literal web.password) IN ROLE yibao_app;
CREATE DATABASE yibao OWNER yibao_owner TEMPLATE template0;
SQL
}

# Under another name until it is whole, so that what was interrupted is begun anew.
if [ ! -s "$data/PG_VERSION" ]; then
    rm -rf "$new"
    initdb -D "$new" -U postgres --auth-local=peer --auth-host=reject -E UTF8 --locale=C.UTF-8 --data-checksums >/dev/null
    roles | postgres --single -D "$new" -c exit_on_error=on template1 >/dev/null
    mv "$new" "$data"
fi
exec postgres -D "$data" -c config_file=/etc/yibaod/postgresql.conf "$@"
