import { readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, extname, join, resolve } from 'node:path'
import type { AnyModule } from '../module.ts'
import { customModule } from './module.ts'

/** Files that may lie beside modules and are none. */
const NO_MODULES = new Set(
  '.pyc .pyo .swp .bak .orig .rpm .md .txt .rst .yaml .yml .ini .json .toml .cfg .in .gitignore'.split(' '),
)

/** Where modules are that a whole machine shares. */
const USUAL = '~/.ansible/plugins/modules:/usr/share/ansible/plugins/modules'

/**
 * The modules of the author's own: files in `library/` beside the playbooks and in roles, in the order in which these
 * are read, then in the directories of `ANSIBLE_LIBRARY`. The first of a name counts.
 *
 * @source https://docs.ansible.com/ansible/latest/dev_guide/developing_locally.html
 */
export class ModuleLibrary {
  readonly #directories: string[] = []
  readonly #configured: readonly string[]
  readonly #modules = new Map<string, AnyModule>()
  readonly #listings = new Map<string, ReadonlyMap<string, string>>()

  /** @param configured directories, divided by colons */
  constructor(configured: string = process.env['ANSIBLE_LIBRARY'] ?? USUAL) {
    this.#configured = configured
      .split(delimiter)
      .filter((path) => path !== '')
      .map((path) => (path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(path)))
  }

  /** Takes in the modules of a playbook's or role's directory. */
  adopt(directory: string): void {
    const library = join(directory, 'library')
    if (!this.#directories.includes(library)) this.#directories.push(library)
  }

  find(name: string, as: string = name): AnyModule | undefined {
    const path = this.#path(name)
    if (path === undefined) return undefined
    const known = this.#modules.get(path) ?? customModule(as, path)
    this.#modules.set(path, known)
    return known
  }

  names(): string[] {
    return this.#everywhere().flatMap((directory) => [...this.#modulesIn(directory).keys()])
  }

  #path(name: string): string | undefined {
    for (const directory of this.#everywhere()) {
      const file = this.#modulesIn(directory).get(name)
      if (file !== undefined) return join(directory, file)
    }
    return undefined
  }

  #everywhere(): string[] {
    return [...this.#directories, ...this.#configured]
  }

  /** The module files in a directory by the modules' names. */
  #modulesIn(directory: string): ReadonlyMap<string, string> {
    const known = this.#listings.get(directory)
    if (known) return known
    const found = new Map<string, string>()
    for (const file of filesIn(directory)) {
      const end = extname(file)
      const name = file.slice(0, file.length - end.length)
      const isModule = !NO_MODULES.has(end) && /^\w+$/.test(name) && name !== '__init__'
      if (isModule && !found.has(name)) found.set(name, file)
    }
    this.#listings.set(directory, found)
    return found
  }
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name)
      .sort()
  } catch {
    return []
  }
}
