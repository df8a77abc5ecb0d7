/** The whole of Latchkey behind PgBouncer in transaction mode, its migrations connected directly. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { visitAccount } from '../support/account.ts'
import { browserApp } from '../support/relying-party.ts'

let latchkey: RunningLatchkey
beforeAll(async () => {
  latchkey = await startLatchkey({
    apps: [browserApp],
    environment: { TRUSTED_PROXIES: '1' },
    reroute: async ({ databaseUrl }) => {
      const pooled = new URL(inject('pgBouncerUrl'))
      pooled.pathname = new URL(databaseUrl).pathname
      return { DATABASE_URL: pooled.href, DATABASE_MIGRATION_URL: databaseUrl, DATABASE_POOLED: 'true' }
    },
  })
})
afterAll(() => latchkey?.stop())

it('ten people sign in at once, and each sees their own account', async () => {
  const visitors = await Promise.all(Array.from({ length: 10 }, () => visitAccount(latchkey)))
  for (const visitor of visitors) {
    const page = await visitor.open('/account/addresses')
    expect(visitors.filter(({ address }) => page.body.includes(address))).toEqual([visitor])
  }
})
