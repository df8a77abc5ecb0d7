/** Whose address a request has: as many entries of X-Forwarded-For are believed as there are proxies, and not one more. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp } from '../support/relying-party.ts'

/** Links may be opened so often from one address in a minute. */
const points = 60

/** Whether these two chains of hops are one client, as the limits see it. */
async function areOneClient(latchkey: RunningLatchkey, chain: string, other: string): Promise<boolean> {
  const open = async (forwardedFor: string) =>
    (await new Agent().get(`${latchkey.issuer}/link/none`, forwardedFor === '' ? {} : { 'x-forwarded-for': forwardedFor })).status
  // A minute later all limits are fresh.
  latchkey.clock.advance(61)
  for (let count = 0; count < points; count += 1) expect(await open(chain)).toBe(410)
  return (await open(other)) === 429
}

describe('without a proxy', () => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], on: 'postgres' })
  })
  afterAll(() => latchkey?.stop())

  it.each([
    ['', '198.51.100.1'],
    ['198.51.100.2', '198.51.100.3'],
    ['198.51.100.2, 127.0.0.1', ''],
  ])('no entry is believed: %j and %j', async (chain, other) => {
    expect(await areOneClient(latchkey, chain, other)).toBe(true)
  })
})

describe('behind two proxies', () => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], on: 'postgres', environment: { TRUSTED_PROXIES: '2' } })
  })
  afterAll(() => latchkey?.stop())

  it.each([
    ['what the client sent before them', '10.0.0.1, 198.51.100.1, 192.0.2.1', '10.0.0.2, 10.0.0.3, 198.51.100.1, 192.0.2.1'],
    ['a bar in what it sent', '10.0.0.1|, 198.51.100.1, 192.0.2.1', '10.0.0.2|10.0.0.3, 198.51.100.1, 192.0.2.1'],
    ['a novel before them', '198.51.100.1, 192.0.2.1', `${'10.0.0.1, '.repeat(1000)}198.51.100.1, 192.0.2.1`],
    ['the proxy between', '198.51.100.1, 192.0.2.1', '198.51.100.1, 192.0.2.2'],
    ['spelling', '198.51.100.1, 192.0.2.1', '::ffff:198.51.100.1 ,192.0.2.1'],
    ['a port', '198.51.100.1, 192.0.2.1', '198.51.100.1:4711, 192.0.2.1'],
    ['spelling of IPv6', '2001:db8::1, 192.0.2.1', '[2001:0DB8:0:0:0:0:0:0001]:443, 192.0.2.1'],
    ['the lower half of an IPv6 address', '2001:db8::1, 192.0.2.1', '2001:db8::ffff:ffff:ffff:ffff, 192.0.2.1'],
    ['words in place of an address', 'unknown, 192.0.2.1', '_hidden, 192.0.2.1'],
    ['numbers that are no address', '0x7f.1, 192.0.2.1', '2130706433, 192.0.2.1'],
  ])('one client, despite %s', async (_what, chain, other) => {
    expect(await areOneClient(latchkey, chain, other)).toBe(true)
  })

  it.each([
    ['another address', '198.51.100.1, 192.0.2.1', '198.51.100.2, 192.0.2.1'],
    ['another /64', '2001:db8:0:1::1, 192.0.2.1', '2001:db8:0:2::1, 192.0.2.1'],
    ['an address that the client forged', '198.51.100.1, 192.0.2.1', '198.51.100.1, 198.51.100.2, 192.0.2.1'],
  ])('two clients: %s', async (_what, chain, other) => {
    expect(await areOneClient(latchkey, chain, other)).toBe(false)
  })

  it.each(['x-real-ip', 'forwarded', 'cf-connecting-ip', 'true-client-ip', 'x-client-ip'])('%s is not read', async header => {
    latchkey.clock.advance(61)
    for (let count = 0; count < points; count += 1) {
      const value = header === 'forwarded' ? `for=198.51.100.${count}` : `198.51.100.${count}`
      await new Agent().get(`${latchkey.issuer}/link/none`, { 'x-forwarded-for': '203.0.113.1, 192.0.2.1', [header]: value })
    }
    const last = await new Agent().get(`${latchkey.issuer}/link/none`, { 'x-forwarded-for': '203.0.113.1, 192.0.2.1' })
    expect(last.status).toBe(429)
  })
})
