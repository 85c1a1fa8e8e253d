#!/bin/sh
# One machine's life, from boot to power-off. Run as root by nspawn.ts, in a mount namespace of its own:
#
#   unshare --mount --propagation private sh machine.sh run CGROUP LINK BASE HOME NAME BRIDGE MAC ADDRESS/PREFIX GATEWAY
#   unshare --mount --propagation private sh machine.sh clean CGROUP LINK
#
# The root file system, the network namespace and the cgroup mount exist only in that mount namespace, so nothing
# of them is left when this process and its machine are gone. `clean` removes the rest, where `run` was killed.
set -eu
action=$1 cgroup=$2 link=$3
cgroups=/sys/fs/cgroup/$cgroup

main() {
  shift 3
  mount_cgroups
  trap 'exit 0' TERM INT HUP
  trap 'stop; remove_cgroups; ip link delete "$link" 2>/dev/null || true' EXIT
  child=
  [ "$action" != run ] || run "$@"
}

run() {
  base=$1 home=$2 name=$3 bridge=$4 mac=$5 address=$6 gateway=$7
  root=$home/root
  # who we are, number and start time: see process.ts
  echo "$$ $(cut -d' ' -f22 "/proc/$$/stat")" > "$home/keeper.draft"
  mv "$home/keeper.draft" "$home/keeper"
  mount_root
  [ -e "$home/seeded" ] || seed
  cat "$home/seed/resolv.conf" > "$root/etc/resolv.conf"
  # nspawn keeps locks and sockets here; none of them are to be left on the machine this runs on
  mkdir -p /run/systemd/nspawn
  mount -t tmpfs -o mode=755 tmpfs /run/systemd/nspawn
  while :; do
    boot && status=0 || status=$?
    [ "$status" -eq 133 ] || exit "$status"
  done
}

# A real reboot forgets firewall rules and network settings, so every boot gets a new network namespace. With
# --keep-unit nspawn leaves it to us to boot again, by status 133.
boot() {
  stop
  remove_cgroups
  make_network
  mkdir -p "$cgroups/machine"
  enable_controllers
  sh -c 'echo 0 > "$1/machine/cgroup.procs"; shift; exec "$@"' sh "$cgroups" \
    env SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_API_VFS_WRITABLE=network SYSTEMD_NSPAWN_TMPFS_TMP=0 \
    systemd-nspawn --quiet --boot --directory="$root" --machine="$name" \
    --register=no --keep-unit --settings=no --console=read-only --link-journal=no \
    --resolv-conf=off --timezone=off --network-namespace-path="$home/netns" --capability=CAP_NET_ADMIN \
    < /dev/null &
  child=$!
  echo "$child" > "$home/nspawn.pid"
  wait "$child" && result=0 || result=$?
  child=
  return "$result"
}

# The machine's processes go first: nspawn then sees them off and ends by itself. Killed before them, it would leave
# them running, which the whole control group is for.
stop() {
  for group in "$cgroups/machine/payload" "$cgroups"; do
    [ -d "$group" ] || continue
    (echo 1 > "$group/cgroup.kill") 2>/dev/null || kill_processes "$group"
    ! await_empty || break
  done
  [ -z "$child" ] || wait "$child" || true
}

kill_processes() {
  for group in $(find "$1" -type d); do
    xargs --no-run-if-empty kill -KILL < "$group/cgroup.procs" || true
  done
}

await_empty() {
  for _ in $(seq 100); do
    grep -q '^populated 1' "$cgroups/cgroup.events" || return 0
    sleep 0.02
  done
  return 1
}

remove_cgroups() {
  [ ! -d "$cgroups" ] || find "$cgroups" -depth -type d -exec rmdir {} + || true
}

# systemd of Debian 13 wants the unified hierarchy; where this machine still has version 1, show nspawn version 2 only.
mount_cgroups() {
  mkdir -p /sys/fs/cgroup
  [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup
}

enable_controllers() {
  for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
    for group in /sys/fs/cgroup "$cgroups"; do
      (echo "+$controller" > "$group/cgroup.subtree_control") 2>/dev/null || true
    done
  done
}

# `volatile` spares every fsync of a machine that is thrown away; older kernels do not know it, and an overlay cannot
# lie on another overlay (as inside a container), where the root file system is copied instead.
mount_root() {
  mkdir -p "$root" "$home/upper" "$home/work"
  rm -rf "$home/work/work/incompat"
  layers="lowerdir=$base,upperdir=$home/upper,workdir=$home/work"
  [ -e "$home/copied" ] || mount -t overlay -o "$layers,volatile" overlay "$root" 2>/dev/null ||
    mount -t overlay -o "$layers" overlay "$root" 2>/dev/null || {
      cp -a --reflink=auto "$base/." "$root/"
      : > "$home/copied"
    }
  [ ! -e "$home/copied" ] || mount --bind "$root" "$root"
}

seed() {
  . "${0%/*}/identity.sh"
  write_identity "$home/seed" "$root"
  : > "$home/seeded"
}

make_network() {
  ip link delete "$link" 2>/dev/null || true
  umount "$home/netns" 2>/dev/null || true
  : > "$home/netns"
  unshare --net="$home/netns" true
  ip link add "$link" type veth peer name eth0 address "$mac" netns "$home/netns"
  ip link set "$link" master "$bridge" up
  nsenter --net="$home/netns" sh -ec '
    ip link set lo up
    ip address add "$1" dev eth0
    ip link set eth0 up
    ip route add default via "$2"
  ' sh "$address" "$gateway"
}

main "$@"
