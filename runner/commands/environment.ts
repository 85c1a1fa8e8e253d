import { homedir } from 'node:os'
import type { FactCache } from '../engine/fact-cache.ts'
import type { RunOptions } from '../engine/run.ts'
import { truth } from '../engine/truth.ts'

/** What Ansible's environment variables say where the command line and the play say nothing. */
export type EnvironmentSettings = Pick<
  RunOptions,
  | 'forceHandlers'
  | 'strategy'
  | 'missingHandlerFails'
  | 'gathering'
  | 'factsModules'
  | 'taskTimeout'
  | 'showCustomStats'
  | 'factCache'
  | 'journal'
  | 'tagsReachIntoIncludes'
>

/** @source https://docs.ansible.com/ansible/latest/reference_appendices/config.html */
export function environmentSettings(environment: NodeJS.ProcessEnv): EnvironmentSettings {
  const bool = (name: string, otherwise: boolean) => {
    const written = environment[name]
    return written === undefined || written === '' ? otherwise : truth(written)
  }
  return {
    forceHandlers: bool('ANSIBLE_FORCE_HANDLERS', false),
    strategy: environment['ANSIBLE_STRATEGY'] || 'linear',
    missingHandlerFails: bool('ANSIBLE_ERROR_ON_MISSING_HANDLER', true),
    gathering: environment['ANSIBLE_GATHERING'] || 'implicit',
    factsModules: environment['ANSIBLE_FACTS_MODULES'] || 'smart',
    taskTimeout: Number(environment['ANSIBLE_TASK_TIMEOUT'] || 0) || undefined,
    showCustomStats: bool('ANSIBLE_SHOW_CUSTOM_STATS', false),
    factCache: factCacheOf(environment),
    tagsReachIntoIncludes: bool('REHEARSAL_TAGS_REACH_INTO_INCLUDES', true),
    journal: environment['REHEARSAL_JOURNAL'] ?? '/var/lib/rehearsal/pending-handlers.json',
  }
}

function factCacheOf(environment: NodeJS.ProcessEnv): FactCache | undefined {
  const plugin = (environment['ANSIBLE_CACHE_PLUGIN'] ?? '').replace(/^ansible\.builtin\./, '')
  const directory = environment['ANSIBLE_CACHE_PLUGIN_CONNECTION']
  if (plugin !== 'jsonfile' || !directory) return undefined
  return {
    directory: directory.replace(/^~(?=\/|$)/, homedir()),
    prefix: environment['ANSIBLE_CACHE_PLUGIN_PREFIX'] ?? '',
    timeout: Number(environment['ANSIBLE_CACHE_PLUGIN_TIMEOUT'] || 86_400),
  }
}
