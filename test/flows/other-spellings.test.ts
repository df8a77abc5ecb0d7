/** A path of the protocol has one spelling: limits and cross-origin rules go by it, so no other may be served. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp } from '../support/relying-party.ts'
import { sendRaw } from '../support/raw-request.ts'
import { protocolGets, protocolPosts } from '../support/route-requests.ts'

let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp] })
})
afterAll(() => latchkey?.stop())

const further = ['/.well-known/oauth-authorization-server', '/logout/success', '/authorize/an-id', '/device/an-id']
const paths = [...new Set([...protocolGets, ...protocolPosts, ...further])]

async function statusOf(method: string, path: string): Promise<number | undefined> {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${new URL(latchkey.issuer).host}`, 'Content-Length: 0', 'Connection: close']
  return (await sendRaw(latchkey.issuer, `${lines.join('\r\n')}\r\n\r\n`)).status
}

it.each(paths)('%s is served under no other spelling', async path => {
  const [, first = '', ...rest] = path.split('/')
  const capital = (text: string) => text.replace(/[a-z]/, letter => letter.toUpperCase())
  const spellings = [
    [`/${first.toUpperCase()}`, ...rest].join('/'),
    [`/${capital(first)}`, ...rest].join('/'),
    `${path}/`,
    `/${path}`,
    `${path}//`,
    [`/${first}`, '', ...rest].join('/'),
    `/%${first.charCodeAt(0).toString(16)}${path.slice(2)}`,
    ...(rest.length === 0 || rest[0] === 'an-id' ? [] : [[`/${first}`, ...rest.map(capital)].join('/')]),
  ].filter(spelling => spelling !== path)
  for (const spelling of new Set(spellings))
    for (const method of ['GET', 'POST', 'OPTIONS']) expect(await statusOf(method, spelling), `${method} ${spelling}`).toBe(404)
})

it('an id that begins as another one does is left as it is', async () => {
  expect(await statusOf('GET', '/authorize/An-Id')).toBe(303)
})
