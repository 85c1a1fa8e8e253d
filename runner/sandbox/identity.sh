# What cloud-init would write at the first boot of a cloud image: sourced where a machine is begun.
#
#   write_identity SEED ROOT
write_identity() {
  for file in hostname hosts machine-id; do
    cat "$1/$file" > "$2/etc/$file"
  done
  for key in "$1"/ssh_host_*_key; do
    install -m 600 -o 0 -g 0 "$key" "$2/etc/ssh/"
    install -m 644 -o 0 -g 0 "$key.pub" "$2/etc/ssh/"
  done
  write_login "$1/authorized_keys" 0 "$2/root"
  write_login "$1/authorized_keys" 1000 "$2/home/debian"
}

write_login() {
  install -d -m 700 -o "$2" -g "$2" "$3/.ssh"
  install -m 600 -o "$2" -g "$2" "$1" "$3/.ssh/authorized_keys"
}
