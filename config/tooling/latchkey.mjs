/** `npm run latchkey -- <command>`: the command line, on the installed Node, built from what the tree holds now. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build, buildFolder } from './build.mjs'
import { ensureInstalled } from './ensure-installed.mjs'
import { environment, runAsScript } from './project.mjs'

await runAsScript(import.meta.url, async () => {
  const node = ensureInstalled()
  await build()
  const command = ['--enable-source-maps', join(buildFolder, 'cli.mjs'), ...process.argv.slice(2)]
  const result = spawnSync(node, command, { env: environment(), stdio: 'inherit' })
  process.exitCode = result.status ?? 1
})
