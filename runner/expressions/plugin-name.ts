const collections = /^(?:ansible\.(?:builtin|legacy|utils|netcommon)|community\.(?:general|crypto))\./

/** The name without the collections whose plugins are built in. */
export function bareName(name: string): string {
  return name.includes('.') ? name.replace(collections, '') : name
}
