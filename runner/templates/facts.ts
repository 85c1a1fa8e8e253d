import { statSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { resolve } from 'node:path'
import { DateTime } from '../expressions/python/datetime.ts'
import type { Layer, Scope } from '../variables/scope.ts'
import type { Value } from '../variables/value.ts'

/** The variables that Ansible's template module adds; worked out when a template asks for them. */
export function templateFacts(path: string, scope: Scope, dest?: string): Layer {
  const facts: Record<string, () => Value> = {
    ansible_managed: () => scope.get('ansible_managed') ?? 'Ansible managed',
    template_path: () => path,
    template_fullpath: () => resolve(path),
    template_host: () => hostname(),
    template_uid: () => userInfo().username,
    ...(dest !== undefined && { template_destpath: () => dest }),
    template_mtime: () => DateTime.at(statSync(path).mtimeMs, false).toString(),
    template_run_date: () => DateTime.at(Date.now(), false).toString(),
  }
  return {
    name: 'template',
    get: (variable) => (Object.hasOwn(facts, variable) ? facts[variable]!() : undefined),
    names: () => Object.keys(facts),
  }
}
