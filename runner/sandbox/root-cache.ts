import { access, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { packages, readRecipe, withConfiguration, type Recipe } from './bare-debian.ts'
import { withLock } from './lock.ts'
import { sourceLines } from './package-access.ts'
import { cacheFolder } from './paths.ts'
import { run } from './process.ts'
import { asRoot } from './root.ts'
import { suites, type Progress, type Suite } from './types.ts'

/**
 * The root file system of a suite, built by mmdebstrap when the cache has none that fits this machine's way to the
 * packages. Gives its directory, which is never written to again.
 */
export async function cachedRoot(suite: Suite, progress: Progress): Promise<string> {
  const recipe = await readRecipe(suite)
  const folder = join(cacheFolder(), recipe.name)
  if (await exists(folder)) return folder
  return withLock(suite, async () => {
    if (await exists(folder)) return folder
    progress(`building the ${suite} root file system (once, about 20 s)`)
    await build(recipe, folder)
    return folder
  })
}

/** Removes the cached root file systems, but for those named. */
export async function purgeRoots(keep: string[]) {
  const names = await readdir(cacheFolder()).catch(() => [])
  const roots = names.filter((name) => suites.some((suite) => name.startsWith(`${suite}-`)))
  const unused = roots.map((name) => join(cacheFolder(), name)).filter((folder) => !keep.includes(folder))
  await run(asRoot(['rm', '-rf', '--', ...unused]))
}

async function build(recipe: Recipe, folder: string) {
  const draft = `${folder}.draft`
  const build = (configuration: string) => [
    'env',
    `CONFIGURATION=${configuration}`,
    'mmdebstrap',
    '--quiet',
    '--mode=root',
    '--format=directory',
    '--variant=minbase',
    `--include=${packages.join(',')}`,
    `--aptopt=${join(configuration, 'apt.conf')}`,
    '--dpkgopt=force-unsafe-io',
    '--customize-hook=sh "$CONFIGURATION/build.sh" "$1" "$CONFIGURATION"',
    recipe.suite,
    draft,
    ...sourceLines(recipe.access.mirrors, recipe.suite),
  ]
  try {
    await run(asRoot(['rm', '-rf', draft]))
    await withConfiguration(recipe, async (configuration) => run(asRoot(build(configuration))))
    await run(asRoot(['mv', draft, folder]))
  } finally {
    await run(asRoot(['rm', '-rf', draft]))
  }
}

async function exists(path: string) {
  return access(path).then(
    () => true,
    () => false,
  )
}
