import { describe } from 'vitest'
import { KEYWORDS, keywordsOf, type Place } from '../../runner/source/keywords.ts'
import { testEvery } from './complete.ts'

const playbook = (more: string) => `
- hosts: all
  gather_facts: false
${more}`

/** Keywords of a place that stand nowhere else, and those that mean something of their own in each. */
const ofPlace = (place: Place) =>
  keywordsOf(place).filter((name) => {
    const { on } = KEYWORDS[name]!
    return (on.length === 1 && on[0] === place) || name === 'name' || name === 'tags'
  })

describe('on a play', () => {
  testEvery('keyword', ['name', 'tags'], {
    name: {
      playbook: `
- name: "{{ 'my' }} play"
  hosts: all
  gather_facts: false
  tasks: [{ name: told, debug: { msg: "{{ ansible_play_name }}" } }]`,
      lines: ['one ok told: my play'],
    },
    tags: {
      flags: { tags: ['wanted'] },
      playbook: `
- { hosts: all, gather_facts: false, tags: wanted, tasks: [{ name: work, debug: }] }
- { hosts: all, gather_facts: false, tags: "other,more", tasks: [{ name: not, debug: }] }`,
      lines: ['one ok work: Hello world!'],
    },
  })
})

describe('on a role', () => {
  const files = { 'roles/r/tasks/main.yml': '- { name: work, debug: { msg: "{{ colour | default(1) }}" } }' }
  testEvery('keyword', ofPlace('role'), {
    name: { files, playbook: playbook('  roles: [{ name: r }]'), lines: ['one ok work: 1'] },
    role: {
      files,
      playbook: playbook('  roles: [{ role: r, colour: red }]'),
      lines: ['one ok work: red'],
    },
    tags: {
      files,
      flags: { skipTags: ['b'] },
      playbook: playbook(
        '  roles: [{ role: r, tags: [a], colour: red }, { role: r, tags: [a, b], colour: blue }]',
      ),
      lines: ['one ok work: red'],
    },
  })
})

describe('on a block', () => {
  testEvery('keyword', ofPlace('block'), {
    name: {
      tasks: `
    - name: a name for "{{ undefined_as_yet }}"
      block: [{ name: work, debug: }]`,
      lines: ['one ok work: Hello world!'],
    },
    tags: {
      flags: { tags: ['wanted'] },
      tasks: `
    - tags: wanted
      block: [{ name: work, debug: }]
    - block: [{ name: not, debug: }]`,
      lines: ['one ok work: Hello world!'],
    },
    block: {
      tasks: `
    - block:
        - { name: one, debug: }
        - block: [{ name: two, debug: }]`,
      lines: ['one ok one: Hello world!', 'one ok two: Hello world!'],
    },
    rescue: {
      tasks: `
    - block:
        - { name: work, fail: { msg: broken } }
        - { name: not reached, debug: }
      rescue:
        - name: told
          debug: { msg: "{{ ansible_failed_task.name }} {{ ansible_failed_task.action }} {{ ansible_failed_result.msg }}" }
    - { name: after, debug: }`,
      exitCode: 0,
      lines: ['one failed work: broken', 'one ok told: work fail broken', 'one ok after: Hello world!'],
    },
    'rescue (that fails)': {
      tasks: `
    - block: [{ name: work, fail: { msg: broken } }]
      rescue: [{ name: worse, fail: { msg: no more } }]
      always: [{ name: end, debug: }]
    - { name: after, debug: }`,
      exitCode: 2,
      lines: ['one failed work: broken', 'one failed worse: no more', 'one ok end: Hello world!'],
    },
    'rescue (of a block within)': {
      tasks: `
    - block:
        - block: [{ name: work, fail: { msg: broken } }]
          always: [{ name: inner, debug: }]
        - { name: not reached, debug: }
      rescue: [{ name: outer, debug: }]`,
      exitCode: 0,
      inOrder: true,
      lines: ['one failed work: broken', 'one ok inner: Hello world!', 'one ok outer: Hello world!'],
    },
    always: {
      tasks: `
    - block: [{ name: work, debug: }]
      rescue: [{ name: not needed, debug: }]
      always: [{ name: end, debug: }]`,
      lines: ['one ok work: Hello world!', 'one ok end: Hello world!'],
    },
  })
})

describe('on a task', () => {
  testEvery('keyword', ofPlace('task'), {
    name: {
      tasks: `
    - { name: "task {{ 1 + 1 }}", debug: }`,
      lines: ['one ok task 2: Hello world!'],
    },
    tags: {
      flags: { tags: ['a', 'tagged'], skipTags: ['b'] },
      tasks: `
    - { name: a, debug: , tags: a }
    - { name: ab, debug: , tags: [a, b] }
    - { name: c, debug: , tags: "c,d" }
    - { name: never, debug: , tags: [never, e] }
    - { name: untagged, debug: }
    - { name: always, debug: , tags: always }`,
      lines: ['one ok a: Hello world!', 'one ok c: Hello world!', 'one ok always: Hello world!'],
    },
  })
})

describe('on a handler', () => {
  const notifying = (handlers: string) =>
    playbook(`
  tasks: [{ name: work, command: "true", notify: heard }]
  handlers: ${handlers}`)
  testEvery('keyword', ofPlace('handler'), {
    name: {
      playbook: notifying(`[{ name: "{{ 'he' }}ard", debug: }, { name: other, debug: }]`),
      lines: ['one changed work', 'one ok heard: Hello world!'],
    },
    tags: {
      flags: { tags: ['wanted'] },
      playbook: playbook(`
  tasks: [{ name: work, command: "true", notify: heard, tags: wanted }]
  handlers: [{ name: heard, debug: , tags: other }]`),
      lines: ['one changed work', 'one ok heard: Hello world!'],
    },
    listen: {
      playbook: notifying(`
    - { name: second, debug: , listen: [other, heard] }
    - { name: first, debug: , listen: heard }
    - { name: not, debug: , listen: other }`),
      inOrder: true,
      lines: ['one changed work', 'one ok second: Hello world!', 'one ok first: Hello world!'],
    },
  })
})

describe('on an import of a playbook', () => {
  const files = {
    'more.yml': playbook('  tasks: [{ name: work, debug: { msg: "{{ colour | default(1) }}" } }]'),
  }
  const once = (name: string, more = '') => ({
    files,
    playbook: `
- ${name}: more.yml
${more}`,
    lines: ['one ok work: 1'],
  })
  const imports = keywordsOf('import').filter((name) => name.endsWith('import_playbook'))
  testEvery('keyword', keywordsOf('import'), {
    ...Object.fromEntries(imports.map((name) => [name, once(name)])),
    name: once('import_playbook', '  name: more'),
    tags: { ...once('import_playbook', '  tags: wanted'), flags: { tags: ['wanted'] } },
    'tags (not asked for)': {
      ...once('import_playbook', '  tags: other'),
      flags: { tags: ['wanted'] },
      lines: [],
    },
    vars: { ...once('import_playbook', '  vars: { colour: red }'), lines: ['one ok work: red'] },
    when: { ...once('import_playbook', '  when: false'), lines: ['one skipped work'] },
  })
})
