import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Type } from 'typebox'
import { afterAll } from 'vitest'
import {
  args,
  bool,
  choice,
  dict,
  int,
  item,
  list,
  mode,
  optional,
  path,
  raw,
  text,
} from '../../runner/modules/arguments.ts'
import { SourceError } from '../../runner/source/diagnostic.ts'
import { formatDiagnostics } from '../../runner/source/format.ts'
import type { Block, Play, Step } from '../../runner/source/model.ts'
import type { LoadOptions, ModuleDefinition } from '../../runner/source/options.ts'
import { loadPlaybooks } from '../../runner/source/playbook.ts'

/** A few modules with every kind of argument. */
const MODULES: readonly ModuleDefinition[] = [
  {
    name: 'copy',
    args: args({
      src: optional(path('The file to copy.')),
      content: optional(text('What to write.')),
      dest: path('Where it goes.', { aliases: ['destfile'] }),
      mode: optional(mode('Its permissions.')),
      backup: bool('Whether to keep what was there.', { default: false }),
    }),
    mutuallyExclusive: [['src', 'content']],
  },
  {
    name: 'apt',
    args: args({
      name: optional(list(item.text, 'Packages.', { aliases: ['pkg', 'package'] })),
      state: choice(['present', 'absent', 'latest'], 'What they should be.', { default: 'present' }),
      cache_valid_time: optional(int('How old the index may be, in seconds.')),
    }),
  },
  {
    name: 'file',
    args: args({
      path: path('The path.', { aliases: ['dest', 'name'] }),
      mode: optional(mode('Its permissions.')),
    }),
  },
  {
    name: 'debug',
    args: args({ msg: optional(raw('What to show.')), var: optional(text('A variable.')) }),
    expressions: ['var'],
  },
  {
    name: 'shell',
    freeForm: 'cmd',
    args: args({
      cmd: text('The command line.'),
      creates: optional(path('Not if this is there.')),
      chdir: optional(path('Where.')),
    }),
  },
  { name: 'set_fact', args: Type.Object({}) },
  { name: 'uri', args: args({ url: text('The address.'), headers: optional(dict('Headers.')) }) },
  { name: 'user', args: args({ name: text('The user.') }) },
  { name: 'ping', args: args({}) },
]

export const modules: LoadOptions['modules'] = {
  get: (name) => MODULES.find((module) => module.name === name),
  names: () => MODULES.map(({ name }) => name),
}

const directories: string[] = []
afterAll(() => directories.forEach((directory) => rmSync(directory, { recursive: true })))

/** A project's files on disk, by path. */
export function project(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'rehearsal-source-'))
  directories.push(directory)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(directory, dirname(path)), { recursive: true })
    writeFileSync(join(directory, path), content)
  }
  return directory
}

export type Files = Readonly<Record<string, string>> & { readonly 'site.yml': string }

/** The plays of a project's `site.yml`. */
export function load(files: Files, options: Partial<LoadOptions> = {}): Play[] {
  const cwd = project(files)
  return loadPlaybooks(['site.yml'], { modules, cwd, ...options })
}

/** What is wrong with a project's `site.yml` and all that it uses, as it is shown; empty when nothing is. */
export function mistakes(files: Files, options: Partial<LoadOptions> = {}): string {
  const cwd = project(files)
  return told(() => loadPlaybooks(['site.yml'], { modules, cwd, ...options }), cwd)
}

/** The text of the `SourceError` that something throws, with paths as in the project. */
export function told(throws: () => unknown, directory: string): string {
  try {
    throws()
    return ''
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    return formatDiagnostics(error.diagnostics).replaceAll(`${directory}/`, '')
  }
}

/** Mistakes as they are shown, one a line: place, message and, in brackets, the hint; without the source line. */
export function lines(shown: string): string[] {
  return shown
    .split('\n\n')
    .map((block) =>
      block
        .replace(/\nhint: (.*)/, '\n($1)')
        .split('\n')
        .filter((line) => !/^ *\d* +\||^ERROR! /.test(line)),
    )
    .map(([head = '', hint]) => head.replace('error: ', '') + (hint ? ` ${hint}` : ''))
    .filter((line) => line !== '')
}

/** The steps of a tree as lines: two blanks for each level, blocks by name or role, tasks by name or action. */
export function outline(steps: readonly Step[], indent = ''): string[] {
  return steps.flatMap((step) => {
    if (step.kind === 'task') return [`${indent}${String(step.name ?? step.action)}`]
    return [
      `${indent}${blockTitle(step)}`,
      ...outline([...step.block, ...step.rescue, ...step.always], `${indent}  `),
    ]
  })
}

function blockTitle({ role, name }: Block): string {
  return role ? `role ${role.role.name}` : `block${name === undefined ? '' : ` ${String(name)}`}`
}
