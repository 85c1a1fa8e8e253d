import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from './lab.ts'
import type { Command } from './measure.ts'
import { TEMPLATES } from './templates.ts'

export const ANSIBLES = ['ansible', 'pipelined', 'mitogen'] as const

export type AnsibleKind = (typeof ANSIBLES)[number]

/**
 * The same roles for Ansible, task by task. Only the templates are others: it cannot read EJS, so each is given the
 * text that ours came to on the machine, as a Jinja template.
 */
export async function prepareAnsible(lab: Lab): Promise<void> {
  const directory = join(lab.directory, 'ansible')
  for (const folder of ['playbooks', 'roles'])
    cpSync(join(lab.directory, folder), join(directory, folder), { recursive: true })
  for (const folder of ['dist', 'node_modules'])
    symlinkSync(join(lab.directory, folder), join(directory, folder))
  for (const file of globSync(join(directory, 'roles/*/{tasks,handlers}/*.yml'))) {
    // Mitogen cannot pass on what Ansible's `service` hands over to `systemd`.
    const text = readFileSync(file, 'utf8')
      .replaceAll(/\.ejs$/gm, '.j2')
      .replaceAll(/^  service:$/gm, '  systemd:')
    writeFileSync(file, text)
  }
  writeFileSync(join(directory, 'roles/firewall/tasks/ufw.yml'), FIREWALL)
  for (const [name, place] of Object.entries(TEMPLATES)) {
    const [role, template] = name.split('/') as [string, string]
    const path = join(directory, 'roles', role, 'templates', `${template}.j2`)
    writeFileSync(path, await jinja(lab, place))
    rmSync(path.replace(/\.j2$/, '.ejs'))
  }
}

/** Ansible has no `ufw_rules`: its own way is a task that loops over the rules. */
const FIREWALL = `
- apt: { name: ufw, state: present, cache_valid_time: 86400 }
- lineinfile: { path: /etc/default/ufw, regexp: ^IPV6=, line: IPV6=yes }
- community.general.ufw: { rule: "{{ item.rule }}", port: "{{ item.port }}", proto: tcp, comment: "{{ item.comment }}" }
  loop:
    - { rule: "{{ firewall_ssh_rule }}", port: '22', comment: SSH }
    - { rule: allow, port: '80', comment: HTTP }
    - { rule: allow, port: '443', comment: HTTPS }
- community.general.ufw: { default: allow, direction: outgoing }
- community.general.ufw: { logging: low }
- community.general.ufw: { state: enabled, default: deny, direction: incoming }
- systemd: { name: ufw, enabled: true }
`

async function jinja(lab: Lab, place: string | Readonly<Record<string, string>>): Promise<string> {
  if (typeof place === 'string') return literal(await lab.ssh(`cat ${place}`))
  const branches: string[] = []
  for (const [item, path] of Object.entries(place))
    branches.push(`{% if log.name == '${item}' %}${literal(await lab.ssh(`cat ${path}`))}{% endif %}`)
  return branches.join('')
}

function literal(text: string): string {
  const changing = text.replace(
    /(client_max_body_size )\w+/,
    '$1{% endraw %}{{ nginx_client_max_body_size }}{% raw %}',
  )
  return `{% raw %}${changing}{% endraw %}`
}

/** Where Debian's package puts it. */
const MITOGEN = '/usr/lib/python3/dist-packages/ansible_mitogen/plugins/strategy'

/** `ansible-playbook` as it comes, but that it asks nobody about host keys and makes its connections anew each time. */
export function ansible(
  kind: AnsibleKind,
  { lab, words, hosts }: { readonly lab: Lab; readonly words: readonly string[]; readonly hosts: number },
  check?: (output: string) => void,
): Command {
  const directory = join(lab.directory, 'ansible')
  const run = mkdtempSync(join(lab.directory, 'c-'))
  return {
    argv: ['ansible-playbook', '-f', String(hosts), ...words],
    cwd: directory,
    check,
    environment: {
      ANSIBLE_HOST_KEY_CHECKING: 'False',
      ANSIBLE_NOCOWS: '1',
      ANSIBLE_ROLES_PATH: join(directory, 'roles'),
      ANSIBLE_SSH_CONTROL_PATH_DIR: run,
      ...(kind === 'pipelined' ? { ANSIBLE_PIPELINING: 'True' } : {}),
      ...(kind === 'mitogen'
        ? { ANSIBLE_STRATEGY: 'mitogen_linear', ANSIBLE_STRATEGY_PLUGINS: MITOGEN }
        : {}),
    },
  }
}
