import { attempt } from './process.ts'

/** The command as root: itself for root, otherwise through sudo, which must ask for no password. */
export function asRoot(argv: string[]): string[] {
  return isRoot() ? argv : ['sudo', '--non-interactive', ...argv]
}

/** Whether `asRoot` can work here. */
export async function canBeRoot(): Promise<boolean> {
  return isRoot() || (await attempt(asRoot(['true']))).status === 0
}

function isRoot() {
  return process.getuid?.() === 0
}
