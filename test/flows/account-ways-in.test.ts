/** The ways into an account: added and removed only by whoever has just shown the best of what there is, and told to every address. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { asksToSignIn, expectNotices, linksIn, type Visitor, visitAccount } from '../support/account.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { askOptions } from '../support/passkey-sign-in.ts'
import { browserApp } from '../support/relying-party.ts'
import { headingOf } from '../support/sign-in.ts'
import { codeOf, keyIn, recoveryCodesIn } from '../support/second-steps.ts'
import { createSoftwareAuthenticator, type SoftwareAuthenticator } from '../support/software-authenticator.ts'

const list = '/account/ways-in'
const adding = (method: string) => `${list}/add/${method}`

describe.each(['embedded', 'servers'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], on, environment: { TRUSTED_PROXIES: '1' } })
  })
  afterAll(() => latchkey?.stop())

  async function addApp(visitor: Visitor) {
    const key = keyIn(await visitor.open(adding('totp')))
    return visitor.submit(adding('totp'), { code: codeOf(latchkey, key) })
  }
  async function createPasskey(visitor: Visitor, authenticator: SoftwareAuthenticator): Promise<string> {
    const url = `${latchkey.issuer}${adding('passkey')}/options`
    return JSON.stringify(
      authenticator.create(await askOptions<Parameters<SoftwareAuthenticator['create']>[0]>(visitor.agent, url)),
    )
  }
  const newAuthenticator = () => createSoftwareAuthenticator({ origin: latchkey.issuer })
  const addPasskey = async (visitor: Visitor, authenticator = newAuthenticator()) =>
    visitor.submit(adding('passkey'), { response: await createPasskey(visitor, authenticator) })
  const links = async (visitor: Visitor, end: string) => linksIn(await visitor.open(list), end)

  it('an authenticator app is added; the first one brings recovery codes, shown until they are kept', async () => {
    const visitor = await visitAccount(latchkey)
    const shown = await addApp(visitor)
    expect(headingOf(shown)).toBe('Keep your recovery codes')
    const codes = recoveryCodesIn(shown)
    expect(codes).toHaveLength(10)
    const file = await visitor.open(`${list}/recovery-codes/shown/file`)
    expect(file.headers['content-disposition']).toContain('recovery-codes.txt')
    for (const code of codes) expect(file.body).toContain(code)
    await visitor.submit(`${list}/recovery-codes/shown/kept`)
    expect(headingOf(await visitor.open(`${list}/recovery-codes/shown`))).toBe('Ways in')
    expect((await visitor.open(list)).body).toContain('10 of 10 codes left')
    await expectNotices(latchkey, visitor.address, 'An authenticator app was added')
  })

  it('the session that has shown more has a new id, and the one before is good for nothing', async () => {
    const visitor = await visitAccount(latchkey)
    const before = visitor.agent.cookies(latchkey.issuer)
    await addApp(visitor)
    expect(visitor.agent.cookies(latchkey.issuer)).not.toBe(before)
    const old = await new Agent().send(`${latchkey.issuer}${list}`, { headers: { cookie: before } })
    expect(asksToSignIn(old)).toBe(true)
    expect((await visitor.open('/account/sessions')).body.match(/class="row"/g)).toHaveLength(1)
  })

  it('a passkey is added, renamed and removed; each is told, and stands in the activity', async () => {
    const visitor = await visitAccount(latchkey)
    expect(headingOf(await visitor.open(adding('passkey')))).not.toBe('')
    expect(headingOf(await addPasskey(visitor))).toBe('Keep your recovery codes')
    const [rename = ''] = await links(visitor, '/rename')
    for (const [name, words] of [
      ['  ', 'Give it a name.'],
      ['x'.repeat(61), 'This name is too long.'],
      ['Broken: https://evil.example', 'This looks like a web address.'],
      ['Secure it at evil.example/now', 'This looks like a web address.'],
    ] as const) {
      const answer = await visitor.send(rename, { name })
      expect([answer.status, answer.body.includes(words)]).toEqual([400, true])
    }
    const renamed = await visitor.submit(rename, { name: '<b>Work</b>\u202e\nlaptop' })
    expect(renamed.body).toContain('&lt;b>Work&lt;/b> laptop')
    const [remove = ''] = await links(visitor, '/remove')
    const asked = await visitor.open(remove)
    expect([headingOf(asked), asked.body.includes('You have no other second step.')]).toEqual(['Remove this passkey?', true])
    expect((await visitor.submit(remove)).body).toContain('It was removed, and works no longer.')
    expect(await links(visitor, '/remove')).toEqual([])
    for (const words of ['A passkey was added', 'A passkey was renamed', 'A passkey was removed'])
      await expectNotices(latchkey, visitor.address, words)
    const { body } = await visitor.open('/account/activity')
    for (const words of ['Passkey added', 'Passkey renamed', 'Passkey removed', 'Recovery codes removed'])
      expect(body).toContain(words)
  })

  it.each([
    ['renaming', '/rename'],
    ['new recovery codes', '/recovery-codes'],
  ])('%s, of which every address is told, has a limit for each person', async (_, end) => {
    const visitor = await visitAccount(latchkey)
    await addApp(visitor)
    const path = end === '/rename' ? ((await links(visitor, end))[0] ?? '') : `${list}${end}`
    for (let count = 0; count < 10; count += 1) expect((await visitor.send(path, { name: `Phone ${count}` })).status).toBe(303)
    expect((await visitor.send(path, { name: 'One more' })).status).toBe(429)
  })

  it('with the last second step its recovery codes go, or they would be asked for from then on', async () => {
    const visitor = await visitAccount(latchkey)
    await addApp(visitor)
    const [remove = ''] = await links(visitor, '/remove')
    await visitor.submit(remove)
    expect((await visitor.open(list)).body).toContain('You get ten of them when you add your first passkey or authenticator app.')
    expect(headingOf(await (await visitAccount(latchkey, visitor.address)).open(list))).toBe('Ways in')
  })

  it('of two who remove the last two at once, one takes the codes along', async () => {
    const visitor = await visitAccount(latchkey)
    await addApp(visitor)
    await addPasskey(visitor)
    const both = await links(visitor, '/remove')
    const answers = await Promise.all(both.map(path => visitor.send(path)))
    expect(answers.map(({ status, location }) => [status, new URL(location ?? '').pathname])).toEqual([
      [303, list],
      [303, list],
    ])
    expect((await visitor.open(list)).body).toContain('You get ten of them when you add your first passkey or authenticator app.')
  })

  it('of ten who remove one at once, one does', async () => {
    const visitor = await visitAccount(latchkey)
    await addApp(visitor)
    await addPasskey(visitor)
    const [remove = ''] = await links(visitor, '/remove')
    const answers = await Promise.all(Array.from({ length: 10 }, () => visitor.send(remove)))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(9)
  })

  it('somebody else’s is not there: the same 404 for all that can be done with it', async () => {
    const visitor = await visitAccount(latchkey)
    const other = await visitAccount(latchkey)
    await addApp(other)
    await addPasskey(other)
    const theirs = [...(await links(other, '/remove')), ...(await links(other, '/rename'))]
    expect(theirs).toHaveLength(4)
    for (const path of [...theirs, `${list}/elsewhere/${crypto.randomUUID()}/unlink`]) {
      for (const answer of [await visitor.open(path), await visitor.send(path, { name: 'Mine' })])
        expect([answer.status, headingOf(answer)], path).toEqual([404, 'There is nothing here'])
    }
    expect(await links(other, '/remove')).toHaveLength(2)
  })

  it('a session that has shown less than the account’s highest level changes nothing, however fresh', async () => {
    const visitor = await visitAccount(latchkey)
    const elsewhere = await visitAccount(latchkey, visitor.address)
    await addApp(visitor)
    const [remove = ''] = await links(visitor, '/remove')
    const [rename = ''] = await links(visitor, '/rename')
    const forms = [remove, rename, adding('totp'), adding('passkey'), `${adding('passkey')}/options`, `${list}/recovery-codes`]
    for (const path of [
      ...forms,
      '/account/addresses/add',
      '/account/data/download',
      '/account/data/delete',
      '/account/secure',
    ]) {
      const answer = await elsewhere.send(path, { address: visitor.address, code: '000000' })
      expect(asksToSignIn(answer), path).toBe(true)
      expect(answer.location).toContain('acr_values=multi-factor')
    }
    expect(await links(visitor, '/remove')).toEqual([remove])
  })

  it.for(on === 'embedded' ? [on] : [])('nor does one whose sign-in is older than ten minutes', async () => {
    const visitor = await visitAccount(latchkey)
    await addApp(visitor)
    const [remove = ''] = await links(visitor, '/remove')
    latchkey.clock.advance(601)
    for (const path of [remove, adding('passkey'), `${list}/recovery-codes`])
      expect(asksToSignIn(await visitor.send(path)), path).toBe(true)
  })

  it('what is asked of an authenticator for one session is answered by no other', async () => {
    const visitor = await visitAccount(latchkey)
    const other = await visitAccount(latchkey)
    const response = await createPasskey(other, newAuthenticator())
    const answer = await visitor.send(adding('passkey'), { response })
    expect(answer.status).toBe(400)
    expect(await links(visitor, '/remove')).toEqual([])
  })

  it('new recovery codes are made only where there is a second step, and take the place of the old ones', async () => {
    const visitor = await visitAccount(latchkey)
    expect((await visitor.send(`${list}/recovery-codes`)).status).toBe(404)
    const first = recoveryCodesIn(await addApp(visitor))
    const second = recoveryCodesIn(await visitor.submit(`${list}/recovery-codes`))
    expect(second).toHaveLength(10)
    expect(second.filter(code => first.includes(code))).toEqual([])
    await expectNotices(latchkey, visitor.address, 'New recovery codes were made')
  })

  it('the overview says how well it is protected, and what is worth doing next', async () => {
    const visitor = await visitAccount(latchkey)
    expect((await visitor.open('/account')).body).toContain('Whoever can read your e-mail can sign in as you.')
    await addApp(visitor)
    expect((await visitor.open('/account')).body).toContain('a second step is asked for')
    await addPasskey(visitor)
    const { body } = await visitor.open('/account')
    expect(body).toContain('You sign in with a passkey.')
    expect(body).toContain('There is nothing that you need to do.')
  })
})
