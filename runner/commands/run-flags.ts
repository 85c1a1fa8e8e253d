/** The flags of a run as commander gives them. */
export interface RunFlags {
  readonly inventory?: string[]
  readonly limit?: string
  readonly tags?: string[]
  readonly skipTags?: string[]
  readonly extraVars?: string[]
  readonly check: boolean
  readonly diff: boolean
  readonly forks: string
  readonly become?: boolean
  readonly becomeUser?: string
  readonly becomeMethod?: string
  readonly user?: string
  readonly privateKey?: string
  readonly connection?: string
  readonly timeout?: string
  readonly askPass?: boolean
  readonly askBecomePass?: boolean
  readonly vaultId?: string[]
  readonly vaultPasswordFile?: string[]
  readonly askVaultPassword?: boolean
  readonly forceHandlers: boolean
  readonly startAtTask?: string
  readonly taskTimeout?: string
  readonly flushCache?: boolean
  readonly step: boolean
  readonly syntaxCheck: boolean
  readonly listHosts: boolean
  readonly listTasks: boolean
  readonly listTags: boolean
  readonly detailedExitcode: boolean
  readonly json: boolean
  readonly output?: string
  readonly verbose?: number
  readonly plan?: string
  readonly encryptVaultId?: string
  readonly recipient?: readonly string[]
}

/** What holds for commands that run nothing. */
export const NO_FLAGS: RunFlags = {
  check: true,
  diff: false,
  forks: '50',
  forceHandlers: false,
  step: false,
  syntaxCheck: false,
  listHosts: false,
  listTasks: false,
  listTags: false,
  detailedExitcode: false,
  json: false,
}
