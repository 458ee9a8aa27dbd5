#!/bin/sh
# PostgreSQL's archive_command: keeps one file of the write-ahead log, for good or not at all.
# SPDX-License-Identifier: Apache-2.0
#
# usage: archive_wal.sh %p DIRECTORY/%f
#
# PostgreSQL recycles the file after exit code 0 and asks again after any other. So 0 is said only of what is whole, under its
# name and on the disk; and a file that is there with other content, another server's perhaps, is never replaced.
set -eu
[ $# -eq 2 ] || { sed -n '5s/^# //p' "$0" >&2 && exit 2; }
source=$1
target=$2
directory=${target%/*}
part=$directory/.${target##*/}.part

if [ -e "$target" ]; then
    # Handed in once more after a crash between our end and PostgreSQL's note of it.
    if cmp -s "$source" "$target"; then
        sync "$target" "$directory"
        exit 0
    fi
    echo "archive_wal.sh: $target is there with other content; is another server writing here?" >&2
    exit 1
fi
cp "$source" "$part"
sync "$part"
ln "$part" "$target" # unlike mv it fails when the name is taken
rm -f "$part"
sync "$directory"
