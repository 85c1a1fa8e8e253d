#!/bin/sh
# The last step of making a root file system: from a minimal Debian to what a cloud image brings.
#
#   sh build.sh ROOT CONFIGURATION
set -eu
root=${1%/} configuration=$2

rm -f "$root"/etc/apt/apt.conf.d/99mmdebstrap "$root"/etc/apt/apt.conf.d/docker-* \
  "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap" "$root/etc/dpkg/dpkg.cfg.d/docker-apt-speedup"
# Without mirrors of the control machine's, what mmdebstrap has found stays.
if [ -s "$configuration/debian.sources" ]; then
  rm -f "$root/etc/apt/sources.list"
  install -m 644 "$configuration/debian.sources" "$root/etc/apt/sources.list.d/debian.sources"
fi
[ ! -s "$configuration/apt.conf" ] || install -m 644 "$configuration/apt.conf" "$root/etc/apt/apt.conf.d/90control-machine"
for authority in "$configuration"/*.crt; do
  [ ! -e "$authority" ] || install -m 644 "$authority" "$root/usr/local/share/ca-certificates/"
done

chroot "$root/" sh -eu <<'END'
update-ca-certificates >/dev/null 2>&1
useradd --create-home --shell /bin/bash --uid 1000 --user-group debian
echo 'debian ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/90-debian
chmod 440 /etc/sudoers.d/90-debian
rm -rf /etc/ssh/ssh_host_* /var/lib/dbus/machine-id /var/lib/apt/lists/*
: > /etc/machine-id
END
