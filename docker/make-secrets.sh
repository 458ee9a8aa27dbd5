#!/bin/sh
# Makes the secrets of compose.yaml that are missing, each readable by its one container only. Root runs it.
# SPDX-License-Identifier: Apache-2.0
#
# usage: docker/make-secrets.sh [DIRECTORY]    docker/secrets when none is given
#   NAME  name of the service for the certificate that is made for trying (localhost); put your own into tls.pem
set -eu
umask 077
directory=${1:-$(dirname "$0")/secrets}
yibaod=10001 postgres=10002 haproxy=10003 # the users of the images

# What `command…` prints becomes the file, unless there is one.
make_secret() {
    name=$1 owner=$2
    shift 2
    [ ! -e "$directory/$name" ] || return 0
    "$@" >"$directory/.new"
    chown "$owner:$owner" "$directory/.new"
    chmod 400 "$directory/.new"
    mv "$directory/.new" "$directory/$name"
    echo "make-secrets: $directory/$name" >&2
}

# libpq's form: whoever connects with it, a line for each host.
password_file() {
    printf '*:5432:yibao:%s:%s\n' "$1" "$(cat "$directory/$2")"
}

# A key and a certificate that vouches for itself, in one text.
certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -keyout /dev/stdout -out /dev/stdout \
        -subj "/CN=$1" -addext "subjectAltName=DNS:$1" 2>/dev/null
}

mkdir -p "$directory"
chmod 711 "$directory"
make_secret master.key "$yibaod" openssl rand -hex 32
for role in owner web; do
    make_secret "$role.password" "$postgres" openssl rand -hex 24
    make_secret "$role.pgpass" "$yibaod" password_file "yibao_$role" "$role.password"
done
if [ ! -e "$directory/postgres.crt" ]; then
    certificate postgres >"$directory/.postgres"
    make_secret postgres.key "$postgres" openssl pkey -in "$directory/.postgres"
    make_secret postgres.crt "$postgres" openssl x509 -in "$directory/.postgres"
    chmod 444 "$directory/postgres.crt" # public: the servers know PostgreSQL by it
    rm "$directory/.postgres"
fi
make_secret tls.pem "$haproxy" certificate "${NAME:-localhost}"
