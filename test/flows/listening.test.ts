/** Who can reach the server at all: this machine alone where the issuer is on it, unless LISTEN_ADDRESS says otherwise. */
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { expect, it, onTestFinished } from 'vitest'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'

const outside = Object.values(networkInterfaces())
  .flatMap(addresses => addresses ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address

async function start(environment: Record<string, string> = {}): Promise<RunningLatchkey> {
  const latchkey = await startLatchkey({ apps: [], on: 'postgres', environment })
  onTestFinished(() => latchkey.stop())
  return latchkey
}

/** The first line of what is answered at an address of this machine; undefined where nobody listens. */
function ask({ port }: RunningLatchkey, host: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port }, () => socket.write(`GET /health HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`))
    socket.setEncoding('utf8')
    socket.once('data', (text: string) => {
      socket.destroy()
      resolve(text.split('\r\n', 1)[0])
    })
    socket.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNREFUSED' ? resolve(undefined) : reject(error)))
  })
}

it('an issuer on this machine is served to this machine alone, by IPv4 and IPv6, again after a restart', async () => {
  const latchkey = await start()
  for (const turn of ['first', 'again']) {
    expect(await ask(latchkey, '127.0.0.1'), turn).toBe('HTTP/1.1 200 OK')
    expect(await ask(latchkey, '::1'), turn).toBe('HTTP/1.1 200 OK')
    if (outside !== undefined) expect(await ask(latchkey, outside), turn).toBeUndefined()
    if (turn === 'first') await latchkey.restart()
  }
})

it.skipIf(outside === undefined)('LISTEN_ADDRESS says where instead', async () => {
  const everywhere = await start({ LISTEN_ADDRESS: '0.0.0.0' })
  expect(await ask(everywhere, outside ?? '')).toBe('HTTP/1.1 200 OK')
  const there = await start({ LISTEN_ADDRESS: outside ?? '' })
  expect(await ask(there, outside ?? '')).toBe('HTTP/1.1 200 OK')
  expect(await ask(there, '127.0.0.1')).toBeUndefined()
})

it.skipIf(outside === undefined)('an issuer that others can reach is served to every network', async () => {
  const environment = { ISSUER: 'https://id.example.com', SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'no-reply@example.com' }
  const latchkey = await start(environment)
  for (const host of ['127.0.0.1', outside ?? '']) expect(await ask(latchkey, host)).toBe('HTTP/1.1 200 OK')
})

it('an address that this machine has not is named', async () => {
  await expect(start({ LISTEN_ADDRESS: '203.0.113.7' })).rejects.toThrow(
    'LISTEN_ADDRESS: expected an address of this machine, was given "203.0.113.7".',
  )
})
