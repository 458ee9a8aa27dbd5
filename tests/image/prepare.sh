#!/bin/sh
# Makes a base image of Debian from this machine's mirror and builds the images of docker/ on it, as localhost/…:test-RELEASE.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/image/prepare.sh trixie|bookworm
#   BUILD_OPTIONS  as for docker/build.sh; where the base's own sources do not work here: -v /etc/apt:/etc/apt:ro
set -eu
cd "$(dirname "$0")/../.."
release=$1
base=localhost/debian-base:$release
scripts/install.sh --image

if ! buildah inspect --type image "$base" >/dev/null 2>&1; then
    root=$(mktemp)
    trap 'rm -f "$root"' EXIT
    # The clock of a test machine may be anywhere.
    mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Check-Date "false"' \
        "$release" - >"$root"
    podman import --quiet --change 'CMD ["/bin/bash"]' "$root" "$base" >/dev/null
fi
BASE=$base TAG=test-$release ENGINE=buildah docker/build.sh
