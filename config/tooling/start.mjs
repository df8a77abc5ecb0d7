/**
 * `npm start`: Latchkey with its embedded database, and a sample product beside it, each a process of its own. Nothing has to be
 * configured; Latchkey's own settings (PORT, ISSUER, DATA_DIR, DATABASE_URL and so on) hold where they are given.
 */
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { build, buildFolder } from './build.mjs'
import { isRunning, onEndRequest, startProcess, stopProcess } from './child-processes.mjs'
import { ensureInstalled } from './ensure-installed.mjs'
import { readLatchkeyAddress } from './latchkey-address.mjs'
import { environment, projectFolder, runAsScript, ToolingError } from './project.mjs'

/** @typedef {{ name: string, port: number, url: string, program: string[], settings: Record<string, string> }} Part */

const configFile = join(buildFolder, 'sample-product.yaml')

const startLimitSeconds = 60
const stopLimitSeconds = 15

async function start() {
  const node = ensureInstalled()
  const { issuer, port, hasMailbox } = readLatchkeyAddress(node, environment())
  const { latchkey, product } = describeParts(issuer, port)
  await refuseTakenPort('PORT', latchkey.port)
  await refuseTakenPort('PRODUCT_PORT', product.port)
  await build()
  latchkey.settings['LATCHKEY_CONFIG'] = await writeConfig(product.url)

  /** @type {import('node:child_process').ChildProcess[]} */
  const children = []
  let isEnding = false
  /** @param {number} exitCode */
  const end = async exitCode => {
    if (isEnding) return
    isEnding = true
    process.exitCode = exitCode
    await Promise.all(children.map(child => stopProcess(child, stopLimitSeconds * 1000)))
  }
  /** @param {Part} part */
  const run = async part => {
    if (isEnding) return
    const child = startProcess(node, part.program, { cwd: projectFolder, env: environment(part.settings), stdio: 'inherit' })
    children.push(child)
    void once(child, 'exit').then(() => {
      if (isEnding) return
      console.error(`${part.name} has ended (${child.signalCode ?? `exit code ${child.exitCode}`}), so everything does.`)
      return end(1)
    })
    if ((await answers(part.url, child)) || isEnding || !isRunning(child)) return
    console.error(`${part.name} did not answer at ${part.url} within ${startLimitSeconds} seconds.`)
    await end(1)
  }
  onEndRequest(() => void end(0))

  await run(latchkey)
  await run(product)
  if (isEnding) return
  console.log(
    [
      '',
      'Latchkey is running, with a sample product to sign in to. Ctrl-C ends both.',
      '',
      `  Sample product  ${product.url}`,
      ...(hasMailbox ? [`  Mailbox         ${issuer}/mailbox`] : []),
      `  Account pages   ${issuer}/account`,
      `  Admin pages     ${issuer}/admin`,
      `  Management API  ${issuer}/api/v1`,
      `  Issuer          ${issuer}`,
    ].join('\n'),
  )
}

/**
 * @param {string} issuer
 * @param {number} port
 * @returns {{ latchkey: Part, product: Part }}
 */
function describeParts(issuer, port) {
  const productPort = readPort('PRODUCT_PORT', 4000)
  const { LOG_LEVEL, LOG_LEVEL_FILE } = process.env
  const latchkey = {
    name: 'Latchkey',
    port,
    url: `http://localhost:${port}`,
    program: ['--enable-source-maps', join(buildFolder, 'main.mjs')],
    // Whoever tries it wants to see where to go, not each request.
    settings: LOG_LEVEL === undefined && LOG_LEVEL_FILE === undefined ? { LOG_LEVEL: 'warn' } : {},
  }
  const product = {
    name: 'The sample product',
    port: productPort,
    url: `http://localhost:${productPort}`,
    program: [join(projectFolder, 'test/sample-product/main.ts')],
    settings: { ISSUER: issuer, PRODUCT_PORT: String(productPort) },
  }
  return { latchkey, product }
}

/**
 * The sample product's apps, as they are registered, with the address that it has today, beside whatever is in a config file of the
 * person's own. Answers the file that Latchkey is to read: theirs, where it can't be read here, for then Latchkey says why.
 * @param {string} productUrl
 */
async function writeConfig(productUrl) {
  const text = readFileSync(join(projectFolder, 'test/sample-product/latchkey.yaml'), 'utf8')
  const sample = text.replaceAll('http://localhost:4000', productUrl)
  const ownFile = process.env['LATCHKEY_CONFIG']
  if (ownFile === undefined || ownFile === '') {
    writeFileSync(configFile, sample)
    return configFile
  }
  // Not before the packages are installed.
  const { parse, stringify } = await import('yaml')
  try {
    const own = parse(readFileSync(ownFile, 'utf8')) ?? {}
    const apps = Array.isArray(own.apps) ? own.apps : []
    const taken = new Set(apps.map(/** @param {any} app */ app => app?.client_id))
    const added = parse(sample).apps.filter(/** @param {any} app */ app => !taken.has(app.client_id))
    writeFileSync(configFile, stringify({ ...own, apps: [...apps, ...added] }))
    return configFile
  } catch {
    return ownFile
  }
}

/**
 * @param {string} variable
 * @param {number} otherwise
 */
function readPort(variable, otherwise) {
  const value = process.env[variable]
  if (value === undefined || value === '') return otherwise
  const port = /^\d+$/.test(value) ? Number(value) : 0
  if (port < 1 || port > 65535)
    throw new ToolingError(`${variable} is ${JSON.stringify(value)}; expected a port from 1 to 65535.`)
  return port
}

/**
 * @param {string} variable
 * @param {number} port
 */
async function refuseTakenPort(variable, port) {
  const probe = createServer().listen(port)
  try {
    await once(probe, 'listening')
    probe.close()
    await once(probe, 'close')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE') {
      throw new ToolingError(
        `Port ${port} is taken: end what listens there, or choose another one: ${variable}=${port + 1} npm start`,
      )
    }
    throw new ToolingError(
      `Port ${port} cannot be used (${String(code)}): choose another one: ${variable}=${port + 1000} npm start`,
    )
  }
}

/**
 * True as soon as anything is answered at the address, false where the process ends first or takes too long.
 * @param {string} url
 * @param {import('node:child_process').ChildProcess} child
 */
async function answers(url, child) {
  const deadline = Date.now() + startLimitSeconds * 1000
  while (isRunning(child) && Date.now() < deadline) {
    try {
      await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(2000) })
      return true
    } catch {
      await sleep(50)
    }
  }
  return false
}

await runAsScript(import.meta.url, start)
