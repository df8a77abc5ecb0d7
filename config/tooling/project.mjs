import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const projectFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** What keeps a command from going on, said in one line to whoever typed it. */
export class ToolingError extends Error {}

/**
 * Runs the command of a script, where the script is what Node was started with: a `ToolingError` becomes one line and exit code 1.
 * @param {string} moduleUrl the script's `import.meta.url`
 * @param {() => unknown} command
 */
export async function runAsScript(moduleUrl, command) {
  if (process.argv[1] !== fileURLToPath(moduleUrl)) return
  try {
    await command()
  } catch (error) {
    if (!(error instanceof ToolingError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}

/**
 * The environment for a program of node_modules: its own folder of programs comes first, and with it the Node that was installed.
 * @param {Record<string, string | undefined>} [more]
 */
export function environment(more = {}) {
  const separator = process.platform === 'win32' ? ';' : ':'
  const path = [join(projectFolder, 'node_modules/.bin'), process.env.PATH ?? ''].join(separator)
  return { ...process.env, ...more, PATH: path }
}
