/** What is kept of somebody: theirs to name, to take along, and to have deleted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asksToSignIn, expectNotices, isSignIn, type Visitor, visitAccount } from '../support/account.ts'
import { startSweeping } from '../../provider/sweeping.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp } from '../support/relying-party.ts'
import { headingOf, newAddress } from '../support/sign-in.ts'

describe.each(['embedded', 'servers'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], on, environment: { TRUSTED_PROXIES: '1' } })
  })
  afterAll(() => latchkey?.stop())

  const isSignedIn = async (visitor: Visitor) => !asksToSignIn(await visitor.agent.get(`${latchkey.issuer}/account`))

  async function sweep(): Promise<void> {
    const { data, telemetry } = latchkey.adapters
    const sweeping = startSweeping({ data, telemetry, clock: latchkey.clock.now, intervalMilliseconds: 1 })
    await new Promise(resolve => setTimeout(resolve, 200))
    await sweeping.stop()
  }

  it('whoever is not signed in is taken through a sign-in, and comes back to the page', async () => {
    const visitor = await visitAccount(latchkey)
    await visitor.agent.get(`${latchkey.issuer}/`)
    const stranger = await visitAccount(latchkey)
    expect(new URL((await stranger.open('/account/profile')).url).pathname).toBe('/account/profile')
    for (const state of [
      'https://evil.example',
      '//evil.example',
      '/account/../logout',
      '/accounts',
      '/account?x',
      '/account/%2e',
    ])
      expect((await stranger.agent.get(`${latchkey.issuer}/account/back?state=${encodeURIComponent(state)}`)).location).toBe(
        `${latchkey.issuer}/account`,
      )
  })

  it('the name is tidied and bounded, and the language is that of the pages at once', async () => {
    const visitor = await visitAccount(latchkey)
    const long = await visitor.send('/account/profile', { name: 'x'.repeat(101), language: 'en' })
    expect([long.status, long.body.includes('This name is too long.')]).toEqual([400, true])
    const address = await visitor.send('/account/profile', { name: 'Payroll evil.example/pay', language: 'en' })
    expect([address.status, address.body.includes('This looks like a web address.')]).toEqual([400, true])
    const saved = await visitor.submit('/account/profile', { name: ' Anna\u202e  <b>Keller\n', language: 'fr' })
    expect(saved.body).toContain('value="Anna &lt;b>Keller"')
    expect(saved.body).toContain('Enregistré.')
    expect((await visitor.open('/account/profile')).body).not.toContain('Enregistré.')
    expect((await visitor.submit('/account/profile', { name: '', language: 'nonsense' })).body).toContain('<html lang="fr">')
    expect((await visitor.open('/account/activity')).body).toContain('Profil modifié')
  })

  it('all that is kept is downloaded as one file, with nothing in it that would let anybody in', async () => {
    const visitor = await visitAccount(latchkey)
    await visitor.submit('/account/profile', { name: 'Anna Keller', language: 'en' })
    expect(headingOf(await visitor.open('/account/data/download'))).toBe('Your data is ready')
    const file = await visitor.send('/account/data/download')
    expect(file.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': 'attachment; filename="account.json"',
      'cache-control': 'no-store',
    })
    const data = JSON.parse(file.body)
    expect(data).toMatchObject({
      format: 'latchkey-account/1',
      profile: { name: 'Anna Keller', language: 'en' },
      addresses: [{ address: visitor.address, primary: true }],
      devices: [{ device: 'Firefox · Linux' }],
      passkeys: [],
      memberships: [{ roles: ['admin'] }],
    })
    const actions = data.activity.map(({ action }: { action: string }) => action)
    for (const action of ['user.created', 'user.changed', 'sign-in.completed', 'account.exported'])
      expect(actions).toContain(action)
    const cookie = visitor.agent.cookies(latchkey.issuer)
    for (const value of cookie.split('; ').map(each => each.split('=')[1] ?? '')) {
      if (value.length > 20) expect(file.body).not.toContain(value)
    }
    const changed = data.activity.find(({ action }: { action: string }) => action === 'user.changed')
    expect(changed.details).toMatchObject({ actor: { kind: 'user', userId: data.profile.id }, after: { name: 'Anna Keller' } })
    expect(changed.details.before).toBeTypeOf('object')
    expect(file.body).not.toContain('\\"')
    expect(file.body).not.toMatch(/hash|secret|publicKey|public_key|salt/i)
  })

  it('the activity is told in pages, the newest first', async () => {
    const visitor = await visitAccount(latchkey)
    for (let count = 0; count < 26; count += 1) await visitor.send('/account/profile', { name: `Name ${count}`, language: 'en' })
    const first = await visitor.open('/account/activity')
    expect(first.body.match(/class="row"/g)).toHaveLength(25)
    expect(first.body.indexOf('Name 25')).toBeLessThan(first.body.indexOf('Name 24'))
    const [, older = ''] = /href="(\/account\/activity\?before=[^"]*)"/.exec(first.body) ?? []
    const second = await visitor.open(older)
    expect(second.body).toContain('Account made')
    expect(second.body).not.toContain('Name 25')
    for (const before of ['nonsense', '2026-13-45T00:00:00.000Z', "'", '%00'])
      expect((await visitor.open(`/account/activity?before=${before}`)).status).toBe(200)
  })

  it('deleting needs the address typed; then everybody is signed out, and told how to take it back', async () => {
    const visitor = await visitAccount(latchkey)
    const elsewhere = await visitAccount(latchkey, visitor.address)
    for (const [typed, words] of [
      ['', 'Type the address that is shown below, or another one of this account.'],
      [newAddress(), 'This isn’t an address of this account.'],
      [elsewhere.address.replace('@', '+other@'), 'This isn’t an address of this account.'],
    ] as const) {
      const answer = await visitor.send('/account/data/delete', { address: typed })
      expect([answer.status, answer.body.includes(words)]).toEqual([400, true])
    }
    const done = await visitor.send('/account/data/delete', { address: visitor.address.toUpperCase() })
    expect(headingOf(done)).toBe('Your account will be deleted')
    expect([await isSignedIn(visitor), await isSignedIn(elsewhere)]).toEqual([false, false])
    await expectNotices(latchkey, visitor.address, 'Your account will be deleted')
    const back = await visitAccount(latchkey, visitor.address)
    expect((await back.open('/account')).body).toContain('This account is going to be deleted')
    expect((await back.submit('/account/keep')).body).toContain('Your account stays as it is.')
    expect((await back.open('/account')).body).not.toContain('This account is going to be deleted')
    await expectNotices(latchkey, visitor.address, 'Your account will not be deleted')
  })

  it.for(on === 'embedded' ? [on] : [])(
    'after the grace everything is gone, and the address is free; before it nothing is',
    async () => {
      const visitor = await visitAccount(latchkey)
      const kept = await visitAccount(latchkey)
      for (const each of [visitor, kept]) {
        await each.submit('/account/profile', { name: 'Anna Keller', language: 'en' })
        await each.send('/account/data/delete', { address: each.address })
      }
      await (await visitAccount(latchkey, kept.address)).submit('/account/keep')
      latchkey.clock.advance(14 * 86_400 - 60)
      await sweep()
      expect((await (await visitAccount(latchkey, visitor.address)).open('/account')).body).toContain('Anna Keller')
      latchkey.clock.advance(120)
      await sweep()
      const anew = await visitAccount(latchkey, visitor.address)
      expect((await anew.open('/account')).body).not.toContain('Anna Keller')
      expect((await (await visitAccount(latchkey, kept.address)).open('/account')).body).toContain('Anna Keller')
    },
  )

  it.for(on === 'embedded' ? [on] : [])('neither file nor deletion for a sign-in that is older than ten minutes', async () => {
    const visitor = await visitAccount(latchkey)
    latchkey.clock.advance(601)
    for (const path of ['/account/data/download', '/account/data/delete'])
      for (const answer of [
        await visitor.send(path, { address: visitor.address }),
        await visitor.agent.get(`${latchkey.issuer}${path}`),
      ])
        expect(asksToSignIn(answer), path).toBe(true)
    expect(isSignIn(await visitor.agent.follow(await visitor.agent.get(`${latchkey.issuer}/account/data/delete`)))).toBe(true)
  })
})
