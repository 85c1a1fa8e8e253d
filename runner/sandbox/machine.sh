#!/bin/sh
# One machine's life, from boot to power-off. Run as root by nspawn.ts, in a mount namespace of its own:
#
#   unshare --mount --propagation private sh machine.sh BASE HOME NAME BRIDGE LINK ADDRESS/PREFIX GATEWAY CGROUP
#
# The root file system, the network namespace and the cgroup mount exist only in that mount namespace, so nothing
# of them is left when this process and its machine are gone, however they went.
set -eu
base=$1 home=$2 name=$3 bridge=$4 link=$5 address=$6 gateway=$7 cgroup=$8
root=$home/root
cgroups=/sys/fs/cgroup/$cgroup

main() {
  mount_cgroups
  mount_root
  [ -e "$home/seeded" ] || seed
  install -m 644 "$home/seed/resolv.conf" "$root/etc/resolv.conf"
  # nspawn keeps locks and sockets here; none of them are to be left on the machine this runs on
  mkdir -p /run/systemd/nspawn
  mount -t tmpfs -o mode=755 tmpfs /run/systemd/nspawn
  child=
  trap 'exit 0' TERM INT HUP
  trap 'stop; remove_cgroups; ip link delete "$link" 2>/dev/null || true' EXIT
  while :; do
    boot && status=0 || status=$?
    [ "$status" -eq 133 ] || exit "$status"
  done
}

# A real reboot forgets firewall rules and network settings, so every boot gets a new network namespace.
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

# nspawn does not take the machine's processes with it when it is killed; the control group knows them all.
stop() {
  echo 1 2>/dev/null > "$cgroups/cgroup.kill" || kill_processes
  [ -z "$child" ] || wait "$child" || true
}

kill_processes() {
  for group in $(find "$cgroups" -type d 2>/dev/null); do
    xargs --no-run-if-empty kill -KILL < "$group/cgroup.procs" || true
  done
}

# systemd of Debian 13 wants the unified hierarchy; where the machine still has version 1, show nspawn version 2 only.
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

# The kernel takes a moment to end the processes of a pid namespace.
remove_cgroups() {
  tries=60
  while [ -d "$cgroups" ] && [ "$tries" -gt 0 ]; do
    find "$cgroups" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.05
    tries=$((tries - 1))
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
      touch "$home/copied"
    }
  [ ! -e "$home/copied" ] || mount --bind "$root" "$root"
}

# What cloud-init would write at the first boot of a cloud image.
seed() {
  cat "$home/seed/hostname" > "$root/etc/hostname"
  cat "$home/seed/hosts" > "$root/etc/hosts"
  cat "$home/seed/machine-id" > "$root/etc/machine-id"
  for key in "$home"/seed/ssh_host_*_key; do
    install -m 600 "$key" "$root/etc/ssh/"
    install -m 644 "$key.pub" "$root/etc/ssh/"
  done
  for user in 0:/root 1000:/home/debian; do
    install -d -m 700 -o "${user%%:*}" -g "${user%%:*}" "$root${user#*:}/.ssh"
    install -m 600 -o "${user%%:*}" -g "${user%%:*}" "$home/seed/authorized_keys" "$root${user#*:}/.ssh/authorized_keys"
  done
  touch "$home/seeded"
}

# The hardware address is the same at every boot, or neighbours would send to the old one for half a minute.
make_network() {
  ip link delete "$link" 2>/dev/null || true
  umount "$home/netns" 2>/dev/null || true
  : > "$home/netns"
  unshare --net="$home/netns" true
  mac=$(echo "${address%/*}" | { IFS=. read -r a b c d; printf '02:00:%02x:%02x:%02x:%02x' "$a" "$b" "$c" "$d"; })
  ip link add "$link" type veth peer name eth0 address "$mac" netns "$home/netns"
  ip link set "$link" master "$bridge" up
  nsenter --net="$home/netns" sh -ec '
    ip link set lo up
    ip address add "$1" dev eth0
    ip link set eth0 up
    ip route add default via "$2"
  ' sh "$address" "$gateway"
}

main
