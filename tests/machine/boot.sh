#!/bin/sh
# Starts the systemd of a root directory as process 1 of the namespaces it is called in, over a copy that is in memory alone.
# SPDX-License-Identifier: Apache-2.0
#
# usage: unshare --mount --pid --fork --uts --ipc --cgroup boot.sh ROOT DIRECTORY
set -eu
lower=$1
mount -t tmpfs -o mode=755 machine "$2"
cd "$2"
mkdir upper work root
mount -t overlay -o "lowerdir=$lower,upperdir=$2/upper,workdir=$2/work" machine root
cd root
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 run run
mount -t tmpfs -o mode=1777 tmp tmp
mount -t tmpfs -o mode=755 dev dev
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777 shm dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
node() { mknod -m 666 "dev/$1" c "$2" "$3"; }
node null 1 3
node zero 1 5
node full 1 7
node random 1 8
node urandom 1 9
node tty 5 0
mkdir .old
pivot_root . .old
umount -l /.old
# Credentials of services are mounted by a child of systemd, and have to be seen by all; in a container systemd leaves that to us.
mount --make-rshared /
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 container=yibaod-test \
    /lib/systemd/systemd --unit=multi-user.target --show-status=no </dev/null
