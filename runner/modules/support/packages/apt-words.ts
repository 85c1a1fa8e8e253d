/** The arguments of `apt` that become options of apt-get. */
export interface AptOptions {
  readonly install_recommends?: boolean
  readonly default_release?: string
  readonly allow_unauthenticated: boolean
  readonly allow_downgrade: boolean
  readonly allow_change_held_packages: boolean
  readonly force: boolean
  readonly only_upgrade: boolean
  readonly fail_on_autoremove: boolean
  readonly autoremove: boolean
  readonly purge: boolean
}

/** Options that a simulation and the real thing have in common. */
export function optionWords(options: AptOptions): string[] {
  const { install_recommends: recommends, default_release: release, force } = options
  return [
    ...(recommends === undefined ? [] : ['-o', `APT::Install-Recommends=${recommends ? 'yes' : 'no'}`]),
    ...(release === undefined ? [] : ['-t', release]),
    ...(options.allow_unauthenticated || force ? ['--allow-unauthenticated'] : []),
    ...(options.allow_downgrade || force ? ['--allow-downgrades'] : []),
    ...(options.allow_change_held_packages || force ? ['--allow-change-held-packages'] : []),
    ...(force ? ['--allow-remove-essential'] : []),
    ...(options.only_upgrade ? ['--only-upgrade'] : []),
    ...(options.fail_on_autoremove ? ['--no-remove'] : []),
    ...(options.autoremove ? ['--auto-remove'] : []),
    ...(options.purge ? ['--purge'] : []),
  ]
}
