// Bundles the runner into `dist/play.mjs`, which starts in a third of the CPU time that its hundreds of sources take.
// The sources stay the program: `play.js` runs them whenever they may be newer than the bundle.
//   node runner/build.js              builds
//   node runner/build.js --if-stale   builds unless the bundle is newer than everything it is made from
import { mkdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { bundle, isStale } from './stale.js'

if (!process.argv.includes('--if-stale') || isStale()) await build()

async function build() {
  // A source that is changed from now on is newer than the bundle.
  const begun = new Date()
  // Loaded late: it takes longer than finding out that there is nothing to do.
  const esbuild = await import('esbuild')
  const result = await esbuild.build({
    entryPoints: [`${import.meta.dirname}/commands/main.ts`],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    charset: 'utf8',
    legalComments: 'none',
    // Loaded when they are needed, and by few runs, or (ssh2) with files of their own beside them.
    external: ['age-encryption', 'ajv', 'esbuild', 'listr2', 'ssh2'],
    // Dependencies that are CommonJS call `require` for Node's own modules.
    banner: {
      js: "import{createRequire as requireFor}from'node:module';const require=requireFor(import.meta.url);",
    },
    plugins: [{ name: 'places', setup: keepPlaces }],
    logLevel: 'warning',
  })
  const folder = dirname(bundle)
  mkdirSync(folder, { recursive: true })
  // Renamed into place, so that nobody ever reads half a file.
  const temporary = `${bundle}.${process.pid}`
  writeFileSync(temporary, result.outputFiles[0].contents)
  utimesSync(temporary, begun, begun)
  renameSync(temporary, bundle)
}

/** What a source calls its own place stays the source's: beside it are scripts and files that are read there. */
function keepPlaces(build) {
  build.onLoad({ filter: /\/runner\/.*\.ts$/ }, ({ path }) => {
    const place = `new URL(${JSON.stringify(relative(dirname(bundle), path))}, import.meta.url)`
    const contents = readFileSync(path, 'utf8').replaceAll(/\bimport\.meta\.(\w+)/g, (written, what) => {
      if (what === 'url') return `${place}.href`
      if (what === 'dirname') return `process.getBuiltinModule('url').fileURLToPath(new URL('.', ${place}))`
      throw new Error(`${path}: the bundle has no ${written}`)
    })
    return { contents, loader: 'ts' }
  })
}
