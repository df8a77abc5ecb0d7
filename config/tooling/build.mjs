/** Bundles the server and the command line into .build/: a few files load in a third of the time that a thousand take. */
import { join } from 'node:path'
import { ensureInstalled } from './ensure-installed.mjs'
import { projectFolder, runAsScript } from './project.mjs'

export const buildFolder = join(projectFolder, '.build')

/** Packages that find files of their own (WebAssembly, data) beside their code, and so stay where npm put them. */
const besideData = ['@electric-sql/pglite', '@electric-sql/pglite/*', '@electric-sql/pglite-prepopulatedfs']

/** Packages that are installed by whoever needs them, and loaded where they are asked for. */
const optional = ['@aws-sdk/client-kms', '@google-cloud/kms', 'google-auth-library']

/** What bundled packages in CommonJS take for granted, and a module has only if it makes it. */
const banner = [
  "import { createRequire as createRequireOfBundle } from 'node:module'",
  'const require = createRequireOfBundle(import.meta.url)',
  'const __filename = import.meta.filename',
  'const __dirname = import.meta.dirname',
].join('\n')

/** How the product is bundled, from whichever entry points to whichever folder. */
export const bundling = /** @satisfies {import('esbuild').BuildOptions} */ ({
  absWorkingDir: projectFolder,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node22.14',
  format: 'esm',
  banner: { js: banner },
  external: [...besideData, ...optional],
  // Stack traces in the log point to the source, which is not shipped in the map a second time.
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  // The text of a program stays in memory for as long as it runs, and twice as large where a single character is not of Latin-1.
  minifyWhitespace: true,
  lineLimit: 200,
  logLevel: 'warning',
})

/**
 * Leaves .build/ as it was where the code doesn't compile. It may run beside a server that runs from .build/: each bundle is one
 * file, read once.
 */
export async function build() {
  // esbuild is among what has just been installed.
  const { build: bundle } = await import('esbuild')
  await bundle({ ...bundling, entryPoints: ['provider/main.ts', 'provider/cli.ts'], outdir: buildFolder })
}

await runAsScript(import.meta.url, async () => {
  ensureInstalled()
  await build()
})
