import { sh } from '../../transport/shell.ts'
import type { Collector } from './collector.ts'

/** Who the scripts run as. */
export const user: Collector = {
  name: 'user',
  provides: [
    'user_id',
    'user_uid',
    'user_gid',
    'user_gecos',
    'user_dir',
    'user_shell',
    'real_user_id',
    'effective_user_id',
    'real_group_id',
    'effective_group_id',
  ],
  minimal: true,
  commands: {
    ids: sh`while read -r name real effective rest; do
  case $name in Uid:|Gid:) echo "$real $effective";; esac
done < /proc/self/status`,
    user: sh`getent passwd "$(id -u)"`,
  },
  facts: (evidence) => {
    const [uids = '', gids = ''] = evidence.output('ids').split('\n')
    const [realUser, effectiveUser] = uids.split(' ').map(Number)
    const [realGroup, effectiveGroup] = gids.split(' ').map(Number)
    const [name = '', , uid, gid, gecos = '', directory = '', shell = ''] = evidence
      .output('user')
      .trim()
      .split(':')
    return {
      user_id: name,
      user_uid: Number(uid ?? effectiveUser),
      user_gid: Number(gid ?? effectiveGroup),
      user_gecos: gecos,
      user_dir: directory,
      user_shell: shell,
      real_user_id: realUser!,
      effective_user_id: effectiveUser!,
      real_group_id: realGroup!,
      effective_group_id: effectiveGroup!,
    }
  },
}

/** The capabilities that the scripts have. */
export const capabilities: Collector = {
  name: 'caps',
  provides: ['system_capabilities', 'system_capabilities_enforced'],
  minimal: true,
  files: ['/proc/self/status', '/proc/sys/kernel/cap_last_cap'],
  facts: (evidence) => {
    const line = evidence.lines('/proc/self/status').find((each) => each.startsWith('CapEff:'))
    if (line === undefined) return { system_capabilities: [], system_capabilities_enforced: 'NA' }
    const bits = BigInt(`0x${line.split(/\s+/)[1]}`)
    const last = Number(evidence.first('/proc/sys/kernel/cap_last_cap') || CAPABILITIES.length - 1)
    const held = CAPABILITIES.slice(0, last + 1).filter((_, bit) => (bits >> BigInt(bit)) & 1n)
    return held.length === last + 1
      ? { system_capabilities: [], system_capabilities_enforced: 'False' }
      : { system_capabilities: held, system_capabilities_enforced: 'True' }
  },
}

/** By bit, as in linux/capability.h. */
const CAPABILITIES = (
  'chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable ' +
  'net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot ' +
  'sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease ' +
  'audit_write audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read ' +
  'perfmon bpf checkpoint_restore'
)
  .split(' ')
  .map((name) => `cap_${name}`)
