#!/bin/sh
# Builds the three images of compose.yaml with docker, buildah or podman, whichever works here. `make image` calls it.
# SPDX-License-Identifier: Apache-2.0
#
#   BASE           image of Debian 12 or 13 to build on: debian:13-slim
#   TAG            name of the result besides the version: latest
#   ENGINE         docker, buildah or podman, when not the first that works
#   BUILD_OPTIONS  further options of `build`, such as: -v /etc/apt:/etc/apt:ro
set -eu
cd "$(dirname "$0")/.."
base=${BASE:-debian:13-slim}
tag=${TAG:-latest}
version=$(sed -n 's/^#define YIBAOD_VERSION "\(.*\)"$/\1/p' cli/commands.h)
# The same sources give the same files with the same times.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)

find_engine() {
    if docker info >/dev/null 2>&1; then
        echo docker
    elif command -v buildah || command -v podman; then
        :
    else
        echo 'build.sh: neither docker nor buildah nor podman works here' >&2
        return 1
    fi
}

engine=${ENGINE:-$(find_engine)}
case "$engine" in
*docker) command="$engine build" ;;
# Without --format docker the health checks are lost.
*buildah) command="$engine build --format docker --layers --isolation chroot --timestamp $SOURCE_DATE_EPOCH" ;;
*podman) command="$engine build --format docker --timestamp $SOURCE_DATE_EPOCH" ;;
*)
    echo "build.sh: ENGINE is docker, buildah or podman, not $engine" >&2
    exit 2
    ;;
esac

build() {
    # shellcheck disable=SC2086 # lists of words
    $command ${BUILD_OPTIONS-} --build-arg "BASE=$base" --build-arg "SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH" \
        --build-arg "VERSION=$version" --build-arg "REVISION=$revision" \
        -f "$1" -t "$2:$tag" -t "$2:$version" .
}

build docker/Dockerfile yibaod
build docker/postgres/Dockerfile yibaod-postgres
build docker/haproxy/Dockerfile yibaod-haproxy
