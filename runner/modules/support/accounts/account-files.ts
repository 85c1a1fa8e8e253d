import { type AnyEffect, effect } from '../../../host/state.ts'
import { content } from '../../../resources/content.ts'
import { digest } from '../../../resources/digest.ts'
import { Unknown } from '../../../variables/unknown.ts'

const FILES = ['/etc/passwd', '/etc/shadow', '/etc/group', '/etc/gshadow', '/etc/subuid', '/etc/subgid']

/** The effect of a changed account on the files that hold them: what they will hold exactly, only the host can tell. */
export function accountFileEffects(what: string): AnyEffect[] {
  const later = new Unknown({ what })
  return FILES.flatMap((file) => [effect(content, file, later), effect(digest, file, later)])
}
