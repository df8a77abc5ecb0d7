import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BrowserContextOptions, type BrowserContext, chromium } from 'playwright-core'
import { parse, stringify } from 'yaml'
import { startSampleProduct } from '../sample-product/server.ts'
import { findFreePort } from '../support/servers.ts'
import { isNotice } from '../support/mail.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'

const project = join(import.meta.dirname, '../..')
const startLimit = 60_000

export interface SignInMail {
  link: string
  /** As a person types it, with the space in the middle. */
  code: string
}

/** Latchkey as `npm start` runs it, the sample product, a mail server, and a browser: each real, each on a port of its own. */
export interface Stage {
  issuer: string
  product: string
  /** A browser with nothing in it. */
  openBrowser(options?: BrowserContextOptions): Promise<BrowserContext>
  /** The newest mail to the address, as soon as it has come. Each mail is handed out once. */
  nextMail(address: string): Promise<SignInMail>
  /** The same for a mail that brings a code alone. */
  nextCode(address: string): Promise<string>
  /** Where the newest invitation of the address leads. */
  nextInvitation(address: string): Promise<string>
  /** For Latchkey time passes at once; for browsers it does not. */
  letPass(minutes: number): Promise<void>
  stop(): Promise<void>
}

/** `moreApps` are registered beside those of the sample product; `settings` hold beside the stage's own, as `more` does in the config file. */
export async function setStage(
  moreApps: object[] = [],
  settings: Record<string, string> = {},
  more: object = {},
): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-stage-'))
  const [issuerPort, productPort] = [await findFreePort(), await findFreePort()]
  const issuer = `http://localhost:${issuerPort}`
  const product = await startSampleProduct({ port: productPort, issuer })
  const sink = await startSmtpSink()
  await writeConfig(folder, product.url, moreApps, more)
  const latchkey = await startLatchkey(folder, issuer, sink.url, settings)
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
  const read = new Set<object>()

  return {
    issuer,
    product: product.url,
    openBrowser: options => browser.newContext({ locale: 'en-GB', ...options }),
    nextMail: async address => readMail(await nextText(address)),
    nextCode: async address => readCode(await nextText(address)),
    nextInvitation: async address => readInvitation(await nextText(address)),
    async letPass(minutes) {
      const moved = once(latchkey, 'message')
      latchkey.send({ minutes })
      await moved
    },
    async stop() {
      await browser.close()
      await product.close()
      await end(latchkey)
      await sink.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }

  async function nextText(address: string): Promise<string> {
    const deadline = Date.now() + 20_000
    for (;;) {
      const mail = sink.mails.findLast(each => each.recipients.includes(address) && !read.has(each) && !isNotice(each.parsed))
      if (mail) {
        read.add(mail)
        return mail.parsed.text ?? ''
      }
      if (Date.now() > deadline) throw new Error(`no mail came to ${address}`)
      await sleep(25)
    }
  }
}

/** The sample product's own config file, moved to the port of this stage. */
async function writeConfig(folder: string, product: string, moreApps: object[], more: object): Promise<void> {
  const text = await readFile(join(project, 'test/sample-product/latchkey.yaml'), 'utf8')
  const { apps } = parse(text.replaceAll('http://localhost:4000', product)) as { apps: object[] } // the file's one member
  await writeFile(join(folder, 'latchkey.yaml'), stringify({ ...more, apps: [...apps, ...moreApps] }))
}

async function startLatchkey(
  folder: string,
  issuer: string,
  smtpUrl: string,
  settings: Record<string, string>,
): Promise<ChildProcess> {
  const clock = join(import.meta.dirname, 'movable-clock.mjs')
  const child = spawn(process.execPath, ['--enable-source-maps', '--import', clock, join(project, '.build/main.mjs')], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'] ?? '',
      TMPDIR: folder,
      ISSUER: issuer,
      PORT: new URL(issuer).port,
      DATA_DIR: join(folder, 'data'),
      LATCHKEY_CONFIG: join(folder, 'latchkey.yaml'),
      SMTP_URL: smtpUrl,
      MAIL_FROM: 'Latchkey <sign-in@latchkey.example>',
      LOG_LEVEL: 'warn',
      ...settings,
    },
  })
  let output = ''
  const keepTail = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4000)
  }
  child.stdout?.on('data', keepTail)
  child.stderr?.on('data', keepTail)
  const deadline = Date.now() + startLimit
  while (!(await answers(`${issuer}/.well-known/openid-configuration`))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await end(child)
      throw new Error(`Latchkey did not start: ${output}`)
    }
    await sleep(50)
  }
  return child
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok
  } catch {
    return false
  }
}

function readMail(text: string): SignInMail {
  const [link] = /http:\/\/localhost:\d+\/link\/\S+/.exec(text) ?? []
  if (!link) throw new Error('the mail has no link')
  return { link, code: readCode(text) }
}

function readCode(text: string): string {
  const [code] = /^[A-Z]{4} [A-Z]{4}$/m.exec(text) ?? []
  if (!code) throw new Error('the mail has no code')
  return code
}

function readInvitation(text: string): string {
  const [link] = /http:\/\/localhost:\d+\/invitation\/\S+/.exec(text) ?? []
  if (!link) throw new Error('the mail has no invitation')
  return link
}
