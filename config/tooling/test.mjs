/**
 * `npm test`: everything that is checked, from the lock file to the browser, whatever fails on the way. Ends in one line
 * `N passed, N failed`: each static check counts as one, and so does each test.
 */
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onEndRequest, startProcess, stopProcess } from './child-processes.mjs'
import { findMissingPackages, installPackages } from './debian-packages.mjs'
import { ensureInstalled } from './ensure-installed.mjs'
import { environment, projectFolder, runAsScript, ToolingError } from './project.mjs'
import { endProcesses } from './test-processes.mjs'

/** @typedef {import('./vitest-summary.mjs').Result} Result */

/** What is checked without running it, by the programs of node_modules, soonest first. */
const staticChecks = [
  { name: 'lock file', command: ['node', 'config/tooling/check-lock-file.mjs'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'lint', command: ['oxlint', '--deny-warnings'] },
  { name: 'format', command: ['biome', 'format', '.'] },
  { name: 'dead code', command: ['knip'] },
  { name: 'access modes', command: ['node', 'test/scoping/audit-accessmode-scoping.ts'] },
  { name: 'repositories', command: ['node', 'test/scoping/audit-repository-scoping.ts'] },
  { name: 'build', command: ['node', 'config/tooling/build.mjs'] },
]

/** The projects of vitest.config.ts. Each has tests: one without has lost them. */
const projects = ['unit', 'contract', 'isolation', 'flows', 'browser']

/** What a shell may have set for a Latchkey of its own, and no test shall see. */
const foreignSettings = [
  'ISSUER',
  'PORT',
  'DATA_DIR',
  'LATCHKEY_CONFIG',
  'SMTP_URL',
  'MAIL_FROM',
  'KMS_URL',
  'KMS_OTHER_URL',
  'VAULT_TOKEN',
  'LOG_LEVEL',
  'NODE_ENV',
]

const limitMilliseconds = 20 * 60_000

async function test() {
  ensureInstalled()
  const totals = { passed: 0, failed: 0 }
  /**
   * @param {string} name
   * @param {Result} result
   */
  const report = (name, { passed, failed, seconds }) => {
    totals.passed += passed
    totals.failed += failed
    console.log(`${failed === 0 ? '    ok' : 'FAILED'}  ${name}: ${passed} passed, ${failed} failed, ${seconds.toFixed(1)} s`)
  }

  // Everything that a test starts or writes is known by this folder. Postgres, which is another user, has to get through it.
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'latchkey-test-'))
  chmodSync(folder, 0o711)
  const run = createRunner(folder)
  onEndRequest(() => void run.end())

  for (const { name, command } of staticChecks) {
    if (run.isEnding()) break
    const { code, output, seconds } = await run(command, 'pipe')
    if (code !== 0) console.log(output)
    report(name, { passed: Number(code === 0), failed: Number(code !== 0), seconds })
  }
  if (!run.isEnding()) await runTests(run, folder, report)

  const begin = Date.now()
  const left = await endProcesses(folder)
  for (const { id, command } of left) console.log(`Left behind: ${id} ${command}`)
  report('nothing left behind', { passed: Number(left.length === 0), failed: left.length, seconds: (Date.now() - begin) / 1000 })
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })

  if (run.isEnding()) {
    console.log('Ended before everything was checked.')
    totals.failed += 1
  }
  console.log(`${totals.passed} passed, ${totals.failed} failed`)
  process.exitCode = totals.failed === 0 ? 0 : 1
}

/**
 * @param {ReturnType<typeof createRunner>} run
 * @param {string} folder
 * @param {(name: string, result: Result) => void} report
 */
async function runTests(run, folder, report) {
  const missing = findMissingPackages()
  const advice = missing.length > 0 ? installPackages(missing) : undefined
  // Without the servers, what needs none is still worth running.
  const runnable = advice === undefined ? projects : ['unit']
  const summaryPath = join(folder, 'summary.json')
  const filters = runnable.flatMap(name => ['--project', name])
  const reporters = ['--reporter=default', '--reporter=./config/tooling/vitest-summary.mjs']
  const { seconds } = await run(['vitest', 'run', ...filters, ...reporters], 'inherit', { VITEST_SUMMARY: summaryPath })

  if (!existsSync(summaryPath)) {
    console.log('Vitest did not finish.')
    return report('tests', { passed: 0, failed: 1, seconds })
  }
  const summary = JSON.parse(readFileSync(summaryPath, 'utf8'))
  for (const name of projects) report(name, summary.projects[name] ?? { passed: 0, failed: 1, seconds: 0 })
  if (summary.unhandledErrors > 0)
    report('errors outside of any test', { passed: 0, failed: summary.unhandledErrors, seconds: 0 })
  if (advice !== undefined) console.log(advice)
}

/**
 * Runs one program after the other, with the run's folder as its temporary one.
 * @param {string} folder
 */
function createRunner(folder) {
  const settings = environment({ TMPDIR: folder, ...Object.fromEntries(foreignSettings.map(name => [name, undefined])) })
  let isEnding = false
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let current

  /**
   * @param {string[]} command
   * @param {'pipe' | 'inherit'} output
   * @param {Record<string, string>} [more]
   */
  async function run([program = '', ...programArguments], output, more = {}) {
    const begin = Date.now()
    const child = startProcess(program, programArguments, {
      cwd: projectFolder,
      env: { ...settings, ...more },
      stdio: ['ignore', output, output],
    })
    current = child
    const limit = setTimeout(() => void end(), limitMilliseconds)
    let text = ''
    child.stdout?.on('data', chunk => (text += chunk))
    child.stderr?.on('data', chunk => (text += chunk))
    try {
      await once(child, 'close')
    } catch (error) {
      text += String(error)
    }
    clearTimeout(limit)
    return { code: child.exitCode, output: text.trim(), seconds: (Date.now() - begin) / 1000 }
  }

  async function end() {
    isEnding = true
    if (current) await stopProcess(current, 10_000)
  }

  return Object.assign(run, { end, isEnding: () => isEnding })
}

await runAsScript(import.meta.url, async () => {
  try {
    await test()
  } catch (error) {
    console.error(error instanceof ToolingError ? error.message : error)
    console.log('0 passed, 1 failed')
    process.exitCode = 1
  }
})
