import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Bundles the service into one file, `dist/service.mjs`. The same sources and lockfile give the same bytes.
//   node service/build.ts              builds
//   node service/build.ts --if-stale   builds unless the file is newer than everything it is made from

const root = fileURLToPath(new URL('..', import.meta.url))
const outfile = join(root, 'dist/service.mjs')

/** Stands for the digest until the digest is known; as long as it. */
const PLACEHOLDER = '@digest@@@@@'

if (!process.argv.includes('--if-stale') || isStale()) await bundle()

function isStale(): boolean {
  const built = statSync(outfile, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return newest(join(root, 'service')) >= built || statSync(join(root, 'package-lock.json')).mtimeMs >= built
}

/** Directories count too: theirs is the only time that a removed file changes. */
function newest(directory: string): number {
  const times = readdirSync(directory, { withFileTypes: true }).map((entry) => {
    const path = join(directory, entry.name)
    return entry.isDirectory() ? newest(path) : statSync(path).mtimeMs
  })
  return Math.max(statSync(directory).mtimeMs, ...times)
}

async function bundle(): Promise<void> {
  // Loaded late: it takes longer than finding out that there is nothing to do.
  const esbuild = await import('esbuild')
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['service/main.ts'],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    charset: 'utf8',
    // Names stay, so that a stack trace can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    define: { __VERSION__: JSON.stringify(version), __BUILD__: JSON.stringify(PLACEHOLDER) },
    // Dependencies that are CommonJS call `require` for Node's own modules.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    plugins: [{ name: 'page', setup: (build) => inlinePage(build, esbuild) }],
    logLevel: 'warning',
  })
  const text = result.outputFiles[0]?.text ?? ''
  const digest = createHash('sha256').update(text).digest('hex').slice(0, PLACEHOLDER.length)
  mkdirSync(join(root, 'dist'), { recursive: true })
  // Renamed into place, so that nobody ever reads half a file.
  const temporary = `${outfile}.${process.pid}`
  writeFileSync(temporary, text.replaceAll(PLACEHOLDER, digest))
  renameSync(temporary, outfile)
}

/** Replaces `page/sources.ts`, which reads the page's files, by what they contain. */
function inlinePage(build: import('esbuild').PluginBuild, esbuild: typeof import('esbuild')): void {
  const minify = async (name: string, loader: 'css' | 'js') =>
    (await esbuild.transform(read(name), { loader, minify: true, target: 'es2022', legalComments: 'none' }))
      .code
  build.onLoad({ filter: /service\/page\/sources\.ts$/ }, async () => {
    const sources = {
      html: read('status.html'),
      css: await minify('status.css', 'css'),
      script: await minify('status.js', 'js'),
      icon: read('icon.svg'),
    }
    return { contents: `export const sources = ${JSON.stringify(sources)}`, loader: 'js' }
  })
}

function read(name: string): string {
  return readFileSync(join(root, 'service/page', name), 'utf8')
}
