import { type Script, sh } from '../../transport/shell.ts'

/**
 * Shell code that prints a payload of so many bytes, as it was before it was perhaps compressed to be sent: then
 * `packed` says how many bytes came, and `unpack` what makes them the payload again (engine/pack.ts).
 */
export function unpacked(size: number): Script {
  return sh`head -c "\${packed:-${size}}" | \${unpack:-cat}`
}
