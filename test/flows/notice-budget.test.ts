/** What is told of an account: every change at first, and of very many that there are more, and where they stand. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createNoticeBudget } from '../../provider/users/notice-budget.ts'
import { createNotices, type Notice } from '../../provider/users/notices.ts'
import { visitAccount } from '../support/account.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp } from '../support/relying-party.ts'
import { newAddress, readNotices } from '../support/sign-in.ts'

const asSystem = { kind: 'system', reason: 'sign-in' } as const
const renamed: Notice = { kind: 'passkey-renamed', name: 'Phone', nameBefore: 'Laptop' }
const added: Notice = { kind: 'passkey-added', name: 'Theirs' }
const more = 'Latchkey: More changed in your account'

describe.each(['embedded', 'servers'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], on, environment: { TRUSTED_PROXIES: '1' } })
  })
  afterAll(() => latchkey?.stop())

  async function meet(): Promise<{ address: string; tell(notice: Notice, times: number): Promise<void> }> {
    const address = newAddress()
    await visitAccount(latchkey, address)
    const { data, rateLimiter } = latchkey.adapters
    const user = await data.read(asSystem, ({ users }) => users.findByAddress(address))
    const budget = createNoticeBudget(rateLimiter)
    const notices = createNotices({ budget, issuer: latchkey.issuer, installationName: 'Latchkey', clock: latchkey.clock.now })
    return {
      address,
      async tell(notice, times) {
        for (let count = 0; count < times; count += 1)
          await data.scoped(asSystem, repositories =>
            notices.notify(repositories, { id: user?.id ?? '', locale: 'en' }, notice, undefined),
          )
      },
    }
  }

  /** What they were told, once it is as many; none is on its way after the last, since they are sent in turn. */
  async function subjectsTo(address: string, count: number): Promise<string[]> {
    const subjects = async () => (await readNotices(latchkey, address)).map(({ subject }) => subject)
    await expect.poll(async () => (await subjects()).length, { timeout: 15_000 }).toBeGreaterThanOrEqual(count)
    return (await subjects()).toSorted()
  }

  it('five of a kind in an hour, and one mail that leads to the others; another kind is told all the same', async () => {
    const { address, tell } = await meet()
    await tell(renamed, 12)
    await tell(added, 1)
    const whole = Array.from({ length: 5 }, () => 'Latchkey: A passkey was renamed')
    expect(await subjectsTo(address, 7)).toEqual([more, 'Latchkey: A passkey was added', ...whole].toSorted())
    const last = (await readNotices(latchkey, address)).find(({ subject }) => subject === more)
    for (const part of [last?.text, last?.html]) {
      expect(part).toContain(`${latchkey.issuer}/account/activity`)
      expect(part).toContain(`${latchkey.issuer}/account/secure`)
    }
  })

  it('twenty in all, one mail that leads to the others, and still the first of each other kind', async () => {
    const { address, tell } = await meet()
    const kinds = ['passkey-renamed', 'passkey-removed', 'authenticator-added', 'authenticator-removed'] as const
    for (const kind of kinds) await tell({ kind, name: 'Phone', nameBefore: 'Laptop' }, 5)
    await tell({ kind: 'recovery-codes-made' }, 3)
    await tell(added, 3)
    const subjects = await subjectsTo(address, 23)
    expect([subjects.length, subjects.filter(subject => subject === more).length]).toEqual([23, 1])
    expect(subjects).toContain('Latchkey: A passkey was added')
  })

  it('an address that goes away is told so, however many were told before', async () => {
    const { address, tell } = await meet()
    await tell({ kind: 'address-removed', address: newAddress() }, 7)
    await tell({ kind: 'address-removed', address }, 1)
    const subjects = await subjectsTo(address, 7)
    expect(subjects.filter(subject => subject !== more)).toHaveLength(6)
    const told = await readNotices(latchkey, address)
    expect(told.filter(({ text }) => text.includes(`Address: ${address}`))).toHaveLength(1)
  })

  it.for(on === 'embedded' ? [on] : [])('an hour later each is told again', async () => {
    const { address, tell } = await meet()
    await tell(renamed, 8)
    await subjectsTo(address, 6)
    latchkey.clock.advance(3601)
    await tell(renamed, 1)
    expect(await subjectsTo(address, 7)).toHaveLength(7)
  })
})
