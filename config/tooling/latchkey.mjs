/** `npm run latchkey -- <command>`: the command line, on the installed Node, built from what the tree holds now. */
import { once } from 'node:events'
import { join } from 'node:path'
import { build, buildFolder } from './build.mjs'
import { onEndRequest, startProcess } from './child-processes.mjs'
import { memoryFlags } from './command-memory.mjs'
import { ensureInstalled } from './ensure-installed.mjs'
import { environment, runAsScript } from './project.mjs'

await runAsScript(import.meta.url, async () => {
  const node = ensureInstalled()
  await build()
  const words = process.argv.slice(2)
  const command = [...memoryFlags(words), '--enable-source-maps', join(buildFolder, 'cli.mjs'), ...words]
  const child = startProcess(node, command, { env: environment(), stdio: 'inherit' })
  // Whoever stops this stops what it runs: `serve` is not to be left behind.
  onEndRequest(signal => child.kill(signal))
  const [code] = await once(child, 'exit')
  process.exitCode = code ?? 1
})
