// The build puts these in; run from source, they do not exist.
declare const __VERSION__: string
declare const __BUILD__: string

/** The version in `package.json`. */
export const version = typeof __VERSION__ === 'undefined' ? '0.0.0' : __VERSION__

/** The first twelve digits of the bundle's SHA-256, or `source`. */
export const build = typeof __BUILD__ === 'undefined' ? 'source' : __BUILD__
