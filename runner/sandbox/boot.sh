#!/bin/sh
# The first program of a sandbox that is a container: makes it like a machine, then becomes systemd.
set -eu
. /usr/local/lib/sandbox/identity.sh

# A container engine mounts its own files over these, which then cannot be replaced as on a machine.
for file in hostname hosts resolv.conf; do
  cp "/etc/$file" "/run/$file"
  umount "/etc/$file" 2>/dev/null || true
done
cat /run/resolv.conf > /etc/resolv.conf

if [ ! -e /var/lib/sandbox-identity ]; then
  write_identity /mnt/seed ''
  : > /var/lib/sandbox-identity
fi
umount /mnt/seed
exec /sbin/init
