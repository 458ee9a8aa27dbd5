#!/bin/sh
# Runs a command, else the tests, in a root directory of another Debian release, over a copy of this tree. Needs root.
# SPDX-License-Identifier: Apache-2.0
#
# usage: scripts/on_debian.sh RELEASE [COMMAND…]
#   RELEASE  bookworm (12) or trixie (13); its root directory is made in var/debian/RELEASE,
#            and again when tests need other packages
#   COMMAND  default: make build unit pytest (the linter of openapi.yaml does not depend on the release)
set -eu
cd "$(dirname "$0")/.."

case "${1-}" in
bookworm | trixie) release=$1 ;;
*)
    sed -n '5,8s/^# //p' "$0" >&2
    exit 2
    ;;
esac
shift
[ $# -gt 0 ] || set -- make build unit pytest

root=$PWD/var/debian/$release
packages=$(scripts/install.sh --list --test | tr ' ' ',')
if [ "$(cat "$root/packages" 2>/dev/null)" != "$packages" ]; then
    command -v mmdebstrap >/dev/null || { echo 'on_debian.sh: install mmdebstrap first' >&2; exit 1; }
    rm -rf --one-file-system "$root"
    mkdir -p "${root%/*}"
    mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Check-Date "false"' \
        --include="$packages" "$release" "$root"
    echo "$packages" >"$root/packages"
fi

rm -rf "$root/src/tests" "$root/src/db" # what was removed here must not be tested there
mkdir -p "$root/src"
git ls-files -z | tar --create --null --files-from - | tar --extract --directory "$root/src"

# Mounts of a namespace of its own: they are gone with the command, however it ends.
exec unshare --mount --propagation private sh -eu -c '
    root=$1
    shift
    mount --rbind /proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount --rbind /sys "$root/sys"
    mount -t tmpfs -o mode=1777 tmp "$root/tmp"
    exec chroot "$root" sh -c "cd /src && exec env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \"\$@\"" sh "$@"
' sh "$root" "$@"
