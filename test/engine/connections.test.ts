import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Sshd } from '../transport/sshd.ts'
import { play } from './play.ts'

const sshd = new Sshd()
let inventory: string

beforeAll(async () => {
  await sshd.start()
  const { user, port } = sshd
  const host = {
    ansible_host: '127.0.0.1',
    ansible_port: port,
    ansible_ssh_private_key_file: sshd.path('id'),
  }
  const options = { ansible_ssh_common_args: '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null' }
  inventory = JSON.stringify({
    all: {
      hosts: {
        one: { ...host, ...options },
        other: { ...host, ansible_port: undefined, ...options },
        here: { ansible_connection: 'local' },
      },
      vars: { login: user },
    },
  })
})
afterAll(() => sshd.remove())

/** Where each task was carried out. */
async function ways(playbook: string): Promise<string[]> {
  const { events, lines } = await play(playbook, { files: { 'hosts.yml': inventory } })
  const found = events.flatMap(({ type, task, result }: Record<string, unknown>) => {
    const { stdout } = (result ?? {}) as { stdout?: string }
    return type !== 'result' || stdout === undefined ? [] : [`${String(task)}: ${stdout}`]
  })
  return found.length > 0 ? found : [...lines]
}

const WAY = 'shell: "echo ${SSH_CONNECTION:+by ssh}"'

describe('the connection of a task', () => {
  test('is its own, whatever that of the tasks around it', async () => {
    const playbook = `
- hosts: one
  gather_facts: false
  remote_user: "{{ login }}"
  tasks:
    - { name: usual, ${WAY} }
    - { name: local, ${WAY}, connection: local }
    - { name: by a variable, ${WAY}, vars: { ansible_connection: local } }
    - { name: again, ${WAY} }
    - { name: delegated, ${WAY}, delegate_to: localhost }
    - connection: ansible.builtin.local
      block: [{ name: in a block, ${WAY} }]`
    expect(await ways(playbook)).toEqual([
      'usual: by ssh',
      'local: ',
      'by a variable: ',
      'again: by ssh',
      'delegated: ',
      'in a block: ',
    ])
  })

  test('is by ssh in a local play where it says so, and its own in each play', async () => {
    const playbook = `
- hosts: one
  gather_facts: false
  connection: local
  remote_user: "{{ login }}"
  tasks:
    - { name: usual, ${WAY} }
    - { name: other, ${WAY}, connection: ssh }
- hosts: one
  gather_facts: false
  remote_user: "{{ login }}"
  tasks: [{ name: next, ${WAY} }]`
    expect(await ways(playbook)).toEqual(['usual: ', 'other: by ssh', 'next: by ssh'])
  })

  test('is another for another user', async () => {
    const playbook = `
- hosts: one
  gather_facts: false
  remote_user: "{{ login }}"
  tasks:
    - { name: usual, ${WAY} }
    - { name: other, ${WAY}, remote_user: nobody-of-that-name, ignore_unreachable: true }
    - { name: again, ${WAY} }`
    expect(await ways(playbook)).toEqual(['usual: by ssh', 'again: by ssh'])
  })

  test('is nobody else’s: who delegates to the host afterwards reaches it as usual', async () => {
    const playbook = `
- hosts: one
  gather_facts: false
  remote_user: "{{ login }}"
  tasks: [{ name: strays, ${WAY}, connection: local }]
- hosts: here
  gather_facts: false
  vars: { ansible_user: "{{ login }}" }
  tasks: [{ name: delegated, ${WAY}, delegate_to: one }]`
    expect(await ways(playbook)).toEqual(['strays: ', 'delegated: by ssh'])
  })

  test('is the task’s own where it is delegated, under what the other host’s variables say', async () => {
    const playbook = `
- hosts: here
  gather_facts: false
  vars: { me: "{{ login }}" }
  tasks:
    - { name: keyword, ${WAY}, delegate_to: one, remote_user: "{{ me }}" }
    - { name: nobody, ${WAY}, delegate_to: one, remote_user: nobody-of-that-name, ignore_unreachable: true }
    - { name: item, ${WAY}, delegate_to: one, loop: ["{{ me }}"], vars: { ansible_user: "{{ item }}" } }
    - { name: connection, ${WAY}, delegate_to: one, connection: local }
    - { name: variable, ${WAY}, delegate_to: here, connection: ssh, remote_user: "{{ me }}" }
    - { name: port, ${WAY}, delegate_to: other, remote_user: "{{ me }}", port: "{{ hostvars.one.ansible_port }}" }
    - { name: no port, ${WAY}, delegate_to: other, remote_user: "{{ me }}", port: 1, ignore_unreachable: true }`
    expect(await ways(playbook)).toEqual([
      'keyword: by ssh',
      'item: by ssh',
      'connection: ',
      'variable: ',
      'port: by ssh',
    ])
  })

  test('becomes whom the other host’s variables say, with their password', async () => {
    const become = 'ansible_become: true, ansible_become_user: nobody-of-that-name'
    const playbook = `
- hosts: here
  gather_facts: false
  vars: { ansible_user: "{{ login }}" }
  tasks:
    - add_host: { name: root, ansible_connection: local, ${become} }
    - { name: as the other, ${WAY}, delegate_to: root, ignore_errors: true }
- hosts: root
  gather_facts: false
  tasks: [{ name: not as who asks, ${WAY}, delegate_to: here }]`
    const { lines } = await play(playbook, { files: { 'hosts.yml': inventory } })
    expect(lines.at(-2)).toMatch(/^here failed as the other: .*nobody-of-that-name/)
    expect(lines.at(-1)).toBe('root changed not as who asks')
  })

  test('sees its own machine: what is foretold here is not foretold there', async () => {
    const { lines } = await play(
      `
- hosts: one
  gather_facts: false
  remote_user: "{{ login }}"
  vars: { file: "{{ playbook_dir }}/made" }
  tasks:
    - { name: here, copy: { dest: "{{ file }}", content: x }, connection: local }
    - { name: seen, stat: { path: "{{ file }}" }, connection: local, register: seen }
    - { name: there, stat: { path: "{{ file }}" }, register: there }
    - { name: told, debug: { msg: "{{ [seen.stat.exists, there.stat.exists] }}" } }`,
      { files: { 'hosts.yml': inventory }, check: true },
    )
    expect(lines.at(-1)).toBe('one ok told: [true,false]')
  })
})
