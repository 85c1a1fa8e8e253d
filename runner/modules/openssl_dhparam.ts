import { sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import { args, bool, choice, int, path } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed } from './outcome.ts'
import { attributeArguments } from './support/attributes.ts'
import { elements, pemBytes } from './support/der.ts'
import { hostPath } from './support/host-path.ts'
import { keepFile } from './support/keep-file.ts'
import { makeSecretFile } from './support/make-secret-file.ts'
import { removeUnseen } from './support/remove-file.ts'

/** @source https://docs.ansible.com/ansible/latest/collections/community/crypto/openssl_dhparam_module.html */
export default defineModule({
  name: 'openssl_dhparam',
  summary: 'Makes parameters for Diffie and Hellman’s exchange of keys; that takes its time.',
  touches: ['path'],
  args: args({
    path: path('The file.'),
    size: int('Bits.', { default: 4096 }),
    state: choice(['absent', 'present'], 'Whether it is to be there.', { default: 'present' }),
    force: bool('Make them anew.', { default: false }),
    backup: bool('Keep the old ones beside them.', { default: false }),
    return_content: bool('Return them as `dhparams`.', { default: false }),
    ...attributeArguments,
  }),
  plan: (given, planning) => {
    const at = hostPath(given.path, planning)
    const { size, backup, force, return_content } = given
    if (given.state === 'absent') return removeUnseen(at, { filename: at }, planning)
    if (!planning.files.exists('/usr/bin/openssl'))
      return failed('Failed to find required executable "openssl"')
    const text = planning.files.read(at)?.toString('latin1')
    const told = { filename: at, size }
    if (text !== undefined && !force && bitsOf(text) === size)
      return keepFile(at, given, { ...told, ...(return_content ? { dhparams: text } : {}) }, planning)
    const later = new Unknown({ what: `the parameters in ${at}`, location: planning.location })
    return makeSecretFile(
      {
        path: at,
        make: sh`openssl dhparam -out "$candidate" ${size} 2>/dev/null`,
        attributes: given,
        backup,
        content: later,
        what: `new parameters, ${size} bits`,
        result: { ...told, ...(return_content ? { dhparams: later } : {}) },
        ...(return_content
          ? {
              afterwards: sh`cat -- ${at}`,
              finish: ({ stdout }) => ({ dhparams: stdout.toString('latin1') }),
            }
          : {}),
      },
      planning,
    )
  },
})

/** The bits of the prime; undefined where there is none. */
function bitsOf(pem: string): number | undefined {
  const der = pemBytes(pem, 'DH PARAMETERS')
  if (!der) return undefined
  try {
    const [prime] = elements(elements(der)[0]?.body ?? Buffer.alloc(0))
    const hex = prime?.body.toString('hex').replace(/^0+/, '') ?? ''
    return hex === '' ? undefined : (hex.length - 1) * 4 + Number.parseInt(hex[0]!, 16).toString(2).length
  } catch {
    return undefined
  }
}
