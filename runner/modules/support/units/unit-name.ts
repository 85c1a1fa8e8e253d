/**
 * A unit's full name: `nginx` is `nginx.service`, as `systemctl` has it.
 *
 * @throws {RangeError} when it cannot be the name of a unit
 */
export function unitName(name: string): string {
  const full = /\.(service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/.test(name)
    ? name
    : `${name}.service`
  if (!/^[\w:.\\@-]{1,255}$/.test(full)) throw new RangeError(`'${name}' is no name of a unit`)
  return full
}
