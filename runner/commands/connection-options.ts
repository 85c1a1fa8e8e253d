import type { Command } from 'commander'

/** Adds the options that say how hosts are reached, under Ansible's names. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option('-b, --become', 'become another user (root, unless --become-user says otherwise)')
    .option('--become-user <user>', 'the user to become')
    .option('--become-method <method>', 'sudo, su or doas')
    .option('-u, --user <user>', 'log in as this user')
    .option('--private-key <file>', 'log in with this key')
    .option('-c, --connection <kind>', 'ssh or local')
    .option('-T, --timeout <seconds>', 'how long to wait for a connection')
    .option('-k, --ask-pass', 'ask for the login password')
    .option('-K, --ask-become-pass', 'ask for the become password')
}
