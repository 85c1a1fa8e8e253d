import { truth } from '../engine/truth.ts'

/** What Ansible's environment variables say where the command line and the play say nothing. */
export interface EnvironmentSettings {
  /** `ANSIBLE_FORCE_HANDLERS` */
  readonly forceHandlers: boolean
  /** `ANSIBLE_STRATEGY` */
  readonly strategy: string
  /** `ANSIBLE_ERROR_ON_MISSING_HANDLER`: whether a handler that nobody defined is a mistake or only worth a warning. */
  readonly missingHandlerFails: boolean
  /** `ANSIBLE_GATHERING`: `implicit`, `explicit` or `smart`. */
  readonly gathering: string
}

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
  }
}
