/**
 * Whether what a role defines is seen by the whole play where its use does not say: as `ANSIBLE_PRIVATE_ROLE_VARS` has
 * it, or undefined where that says nothing.
 *
 * @source https://docs.ansible.com/ansible/latest/reference_appendices/config.html#default-private-role-vars
 */
export function rolesArePublic(environment: NodeJS.ProcessEnv = process.env): boolean | undefined {
  const written = environment['ANSIBLE_PRIVATE_ROLE_VARS']
  if (written === undefined || written === '') return undefined
  return !/^(?:y|yes|true|on|1|t)$/i.test(written)
}
