import { rolesArePublic } from '../../source/role-privacy.ts'
import type { Dict, Value } from '../../variables/value.ts'
import { asText, dict, list, text } from '../convert.ts'
import { Failure, Undefined } from '../items.ts'
import { truthy } from '../python/compare.ts'
import { plain, type Routines } from '../routine.ts'
import { optionsOf } from './options.ts'

/** Lookups in the inventory and in the settings. */
export const inventoryLookups: Routines = {
  inventory_hostnames: plain('*terms', (frame, terms) => {
    const groups = frame.evaluation.variable('groups')
    if (groups === undefined) throw new Failure('there is no inventory here')
    return matching(
      list(terms)
        .map((term) => text(term, 'pattern'))
        .join(','),
      dict(frame.evaluation.settle(groups)),
    )
  }),
  config: plain('*terms **options', (frame, terms, given) => {
    const {
      on_missing: onMissing,
      plugin_type: type,
      plugin_name: plugin,
      show_origin: origin,
    } = optionsOf(given, {
      on_missing: 'error',
      plugin_type: null,
      plugin_name: null,
      show_origin: false,
    })
    if (!['error', 'warn', 'skip'].includes(asText(onMissing)))
      throw new Failure(`on_missing: valid values are error, warn and skip, not '${asText(onMissing)}'`)
    const told = (value: Value, from: string): Value => (truthy(origin) ? [value, from] : value)
    return list(terms).flatMap((term) => {
      if (typeof term !== 'string')
        throw new Failure(`Invalid setting identifier, '${asText(term)}' is not a string`)
      const variables = PLUGIN_OPTIONS[`${asText(type)} ${asText(plugin)} ${term}`]
      for (const name of variables ?? []) {
        const value = frame.evaluation.variable(name)
        if (value !== undefined && !(value instanceof Undefined))
          return [told(frame.evaluation.settle(value) as Value, `var: ${name}`)]
      }
      if (term === 'DEFAULT_PRIVATE_ROLE_VARS') return [told(rolesArePublic() === false, 'default')]
      if (Object.hasOwn(SETTINGS, term)) {
        const { value, origin } = settingOf(SETTINGS[term]!)
        return [told(value, origin)]
      }
      if (onMissing !== 'error') return []
      throw new Failure(
        `Unable to find setting '${term}': Invalid setting`,
        `known here are ${Object.keys(SETTINGS).join(', ')}`,
      )
    })
  }),
}

/** Options of plugins, by `type plugin option`: the variables that set them, the strongest first. */
const PLUGIN_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  'connection ssh remote_user': ['ansible_ssh_user', 'ansible_user'],
  'connection ssh port': ['ansible_ssh_port', 'ansible_port'],
  'connection ssh host': ['ansible_ssh_host', 'ansible_host'],
  'connection ssh private_key_file': ['ansible_ssh_private_key_file', 'ansible_private_key_file'],
  'shell sh remote_tmp': ['ansible_remote_tmp'],
}

/** Ansible's settings that mean something here, or that playbooks look up: the variable that says it, and what holds else. */
const SETTINGS: Readonly<Record<string, readonly [environment: string, otherwise: Value]>> = {
  ANSIBLE_COW_ACCEPTLIST: ['ANSIBLE_COW_ACCEPTLIST', ['default', 'meow', 'moose', 'tux', 'www']],
  DEFAULT_BECOME_METHOD: ['ANSIBLE_BECOME_METHOD', 'sudo'],
  DEFAULT_BECOME_USER: ['ANSIBLE_BECOME_USER', 'root'],
  DEFAULT_FORCE_HANDLERS: ['ANSIBLE_FORCE_HANDLERS', false],
  DEFAULT_GATHERING: ['ANSIBLE_GATHERING', 'implicit'],
  DEFAULT_HASH_BEHAVIOUR: ['ANSIBLE_HASH_BEHAVIOUR', 'replace'],
  DEFAULT_JINJA2_NATIVE: ['', true],
  DEFAULT_MANAGED_STR: ['', 'Ansible managed'],
  DEFAULT_STRATEGY: ['ANSIBLE_STRATEGY', 'linear'],
  DEFAULT_TRANSPORT: ['', 'ssh'],
  DEFAULT_UNDEFINED_VAR_BEHAVIOR: ['', true],
  HOST_KEY_CHECKING: ['ANSIBLE_HOST_KEY_CHECKING', true],
}

function settingOf([environment, otherwise]: readonly [string, Value]): { value: Value; origin: string } {
  const written = process.env[environment]
  if (environment === '' || written === undefined || written === '')
    return { value: otherwise, origin: 'default' }
  const value =
    typeof otherwise === 'boolean'
      ? /^(1|y|yes|true|on|t)$/i.test(written)
      : Array.isArray(otherwise)
        ? written.split(',').map((each) => each.trim())
        : written
  return { value, origin: `env: ${environment}` }
}

/** Hosts by a pattern: names, groups, wildcards and `~regex`, joined by `:` or `,`, with `&` and `!`. */
function matching(pattern: string, groups: Dict): string[] {
  const parts = pattern
    .split(/[,:]/)
    .map((part) => part.trim())
    .filter(Boolean)
  const plainParts = parts.filter((part) => !/^[&!]/.test(part))
  let hosts = (plainParts.length > 0 ? plainParts : ['all']).flatMap((part) => named(part, groups))
  for (const part of parts) {
    const others = new Set(named(part.slice(1), groups))
    if (part.startsWith('&')) hosts = hosts.filter((host) => others.has(host))
    if (part.startsWith('!')) hosts = hosts.filter((host) => !others.has(host))
  }
  return [...new Set(hosts)]
}

function named(part: string, groups: Dict): string[] {
  const members = (group: string) => list(groups[group] ?? []).map((host) => text(host))
  const source = part.startsWith('~')
    ? part.slice(1)
    : `^${part
        .replace(/[.+^$(){}|\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`
  const fits = new RegExp(source)
  const inGroups = Object.keys(groups)
    .filter((group) => fits.test(group))
    .flatMap(members)
  return [...inGroups, ...members('all').filter((host) => fits.test(host))]
}
