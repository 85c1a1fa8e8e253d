/** An application profile of `/etc/ufw/applications.d`. */
export interface Profile {
  readonly name: string
  readonly ports: readonly { readonly port: string; readonly protocol: string }[]
}

/** The profiles of a directory's files, in the order of the files' names; of two of one name the last counts. */
export function parseProfiles(files: readonly string[]): Profile[] {
  const profiles = new Map<string, Profile>()
  for (const text of files) {
    for (const section of text.split(/^\[/m).slice(1)) {
      const name = section.slice(0, section.indexOf(']'))
      const ports = /^ports\s*[=:]\s*(.*)$/im.exec(section)?.[1]?.trim()
      if (name && ports) profiles.set(name, { name, ports: ports.split('|').map(portOf) })
    }
  }
  return [...profiles.values()]
}

/** A profile by its name; case counts only where two differ in nothing else. */
export function findProfile(profiles: readonly Profile[], name: string): Profile | undefined {
  const alike = profiles.filter((each) => each.name.toLowerCase() === name.toLowerCase())
  return alike.find((each) => each.name === name) ?? (alike.length === 1 ? alike[0] : undefined)
}

function portOf(written: string) {
  const [port, protocol = 'any'] = written.trim().split('/')
  return { port: port!, protocol }
}
