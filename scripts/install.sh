#!/bin/sh
# Installs the Debian packages that are missing, and says which; does nothing when none is.
# SPDX-License-Identifier: Apache-2.0
#
# usage: scripts/install.sh [--list] [--test | --check | --bench | --image | --failover]
#   (none)   what `make run` needs
#   --test   also what `make test` needs
#   --check  also what `make check` needs
#   --bench  also what `make bench` needs
#   --image  also what `make image-test` needs
#   --failover  also what `make failover` needs
#   --list   only says their names
set -eu

run_packages='gcc libc6-dev make pkg-config libmicrohttpd-dev libjansson-dev libpq-dev libssl-dev
              libcurl4-openssl-dev postgresql postgresql-client python3 python3-yaml curl jq ca-certificates procps'
test_packages='libcmocka-dev python3-pytest python3-hypothesis python3-psycopg python3-httpx python3-jsonschema
               python3-cryptography iproute2 systemd python3-seccomp haproxy openssl socat checksec libfaketime'
check_packages='clang clang-format clang-tidy cppcheck mmdebstrap'
bench_packages='wrk strace python3-cryptography slowhttptest haproxy'
failover_packages='patroni etcd-server'
image_packages='buildah podman runc conmon netavark aardvark-dns iptables docker-compose mmdebstrap openssl'

only_list=
if [ "${1-}" = --list ]; then
    only_list=yes
    shift
fi
wanted=$run_packages
case "${1-}" in
'') ;;
--test) wanted="$run_packages $test_packages" ;;
--check) wanted="$run_packages $test_packages $check_packages" ;;
--bench) wanted="$run_packages $bench_packages" ;;
--failover) wanted="$run_packages $test_packages $failover_packages" ;;
--image) wanted="$run_packages $test_packages $image_packages" ;;
*)
    sed -n '5,12s/^# //p' "$0" >&2
    exit 2
    ;;
esac

if [ -n "$only_list" ]; then
    # shellcheck disable=SC2086 # a list of words
    echo $wanted
    exit 0
fi

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "install.sh: this is not Debian; install these yourself: $wanted" >&2
    exit 0
fi

# shellcheck disable=SC2086 # a list of words
installed=$(dpkg-query -W -f '${Package}:${Status}\n' $wanted 2>/dev/null | sed -n 's/:.* installed$//p')
missing=
for package in $wanted; do
    case "
$installed
" in
    *"
$package
"*) ;;
    *) missing="$missing $package" ;;
    esac
done
# Node.js runs the linter of openapi.yaml and the peer of the benchmark. Any source of it will do; not every one has a
# package called npm.
if [ "${1-}" != '' ] && ! command -v npm >/dev/null 2>&1; then
    missing="$missing nodejs npm"
fi
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "install.sh: missing:$missing" >&2
        echo "install.sh: neither root nor sudo; run as root: apt-get install$missing" >&2
        exit 1
    fi
    as_root=sudo
fi

echo "install.sh: installing$missing" >&2
# Debian's postgresql makes and starts a cluster of its own on port 5432 unless told not to; ours is a private one.
no_cluster=/etc/postgresql-common/createcluster.d/yibaod-install.conf
case " $missing " in
*' postgresql '*)
    $as_root mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' | $as_root tee "$no_cluster" >/dev/null
    trap '$as_root rm -f "$no_cluster"' EXIT
    ;;
esac
$as_root apt-get -qq update
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing >/dev/null
