/** The addresses of an account: proved by a code that goes there, told to nobody who asks, and never all gone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asksToSignIn, expectNotices, linksIn, spacedCodeIn, type Visitor, visitAccount } from '../support/account.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp } from '../support/relying-party.ts'
import { expectMails, formActions, headingOf, listMails, newAddress } from '../support/sign-in.ts'

const list = '/account/addresses'
const adding = `${list}/add`

describe.each(['embedded', 'servers'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], on, environment: { TRUSTED_PROXIES: '1' } })
  })
  afterAll(() => latchkey?.stop())

  async function claim(visitor: Visitor, address: string): Promise<string> {
    const nextMail = expectMails(latchkey, address)
    const page = await visitor.submit(adding, { address })
    expect(headingOf(page)).toBe('Confirm the new address')
    return (await nextMail()).text
  }
  async function add(visitor: Visitor, address = newAddress()): Promise<string> {
    const page = await visitor.submit(`${adding}/confirm`, { code: spacedCodeIn(await claim(visitor, address)) })
    expect(page.body).toContain('The address is yours to sign in with now.')
    return address
  }
  const expectNotice = (address: string, words: string) => expectNotices(latchkey, address, words)
  const removeLinks = async (visitor: Visitor) => linksIn(await visitor.open(list), '/remove')

  it('one more is added by the code that went there, told to every address, and leads in', async () => {
    const visitor = await visitAccount(latchkey)
    const added = await add(visitor)
    for (const address of [visitor.address, added]) await expectNotice(address, 'An e-mail address was added')
    expect((await visitor.open(list)).body).toContain(added)
    const elsewhere = await visitAccount(latchkey, added)
    expect((await elsewhere.open('/account')).body).toContain(visitor.address)
  })

  it('the page that waits for the code leads to the mailbox, and sends the mail again: the code before works no longer', async () => {
    const visitor = await visitAccount(latchkey)
    const address = newAddress()
    const before = spacedCodeIn(await claim(visitor, address))
    const waiting = await visitor.open(adding)
    expect(linksIn(waiting, '/mailbox')).toEqual(['/mailbox'])
    expect(formActions(waiting)).toContain(`${latchkey.issuer}${adding}/again`)
    const nextMail = expectMails(latchkey, address)
    const resent = await visitor.submit(`${adding}/again`)
    expect([headingOf(resent), resent.body.includes('A new e-mail is on its way.')]).toEqual(['Confirm the new address', true])
    const code = spacedCodeIn((await nextMail()).text)
    expect((await visitor.send(`${adding}/confirm`, { code: before })).status).toBe(400)
    expect((await visitor.submit(`${adding}/confirm`, { code })).body).toContain('The address is yours to sign in with now.')
    const none = await visitor.send(`${adding}/again`)
    expect([none.status, none.body.includes('The code no longer works')]).toEqual([400, true])
  })

  it('an address that was added later is as good as the first where one has to be typed', async () => {
    const visitor = await visitAccount(latchkey)
    const done = await visitor.send('/account/data/delete', { address: await add(visitor) })
    expect(headingOf(done)).toBe('Your account will be deleted')
  })

  it('another becomes the primary one, and the first can go then', async () => {
    const visitor = await visitAccount(latchkey)
    const added = await add(visitor)
    const [makePrimary = ''] = linksIn(await visitor.open(list), '/primary')
    expect(headingOf(await visitor.open(makePrimary))).toBe('Make this your primary address?')
    expect((await visitor.submit(makePrimary)).body).toContain('This is your primary address from now on.')
    expect((await visitor.open('/account')).body).toContain(`signed in as <bdi>${added}`)
    const [remove = ''] = await removeLinks(visitor)
    expect((await visitor.submit(remove)).body).toContain('The address was removed.')
    await expectNotice(visitor.address, 'An e-mail address was removed')
    expect((await visitor.open(list)).body).not.toContain(visitor.address)
  })

  it('the page is the same for an address of somebody else, whom the mail tells; no code adds it', async () => {
    const visitor = await visitAccount(latchkey)
    const victim = await visitAccount(latchkey)
    const nobodys = newAddress()
    const nextMail = expectMails(latchkey, victim.address)
    const taken = await visitor.submit(adding, { address: victim.address })
    const { text } = await nextMail()
    expect(text).toContain('That can’t be done, since the address has an account of its own.')
    expect(() => spacedCodeIn(text)).toThrow()
    await visitor.send(`${adding}/drop`)
    const free = await visitor.submit(adding, { address: nobodys })
    const bare = (body: string) => body.replaceAll(victim.address, 'x').replaceAll(nobodys, 'x')
    expect([taken.status, bare(taken.body)]).toEqual([free.status, bare(free.body)])
    await visitor.send(`${adding}/drop`)
    await visitor.send(adding, { address: victim.address })
    const wrong = await visitor.send(`${adding}/confirm`, { code: 'BCDFGHJK' })
    expect([wrong.status, wrong.body.includes('This isn’t the code')]).toEqual([400, true])
    expect((await visitor.open(list)).body).not.toContain(`<bdi>${victim.address}</bdi>`)
  })

  it('five tries, then the right code is none any more', async () => {
    const visitor = await visitAccount(latchkey)
    const code = spacedCodeIn(await claim(visitor, newAddress()))
    for (let tries = 1; tries <= 5; tries += 1) await visitor.send(`${adding}/confirm`, { code: 'BBBB BBBB' })
    const answer = await visitor.send(`${adding}/confirm`, { code })
    expect([answer.status, answer.body.includes('The code no longer works')]).toEqual([400, true])
    expect(await removeLinks(visitor)).toEqual([])
  })

  it('twenty right codes at once add one address', async () => {
    const visitor = await visitAccount(latchkey)
    const code = spacedCodeIn(await claim(visitor, newAddress()))
    const answers = await Promise.all(Array.from({ length: 20 }, () => visitor.send(`${adding}/confirm`, { code })))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(await removeLinks(visitor)).toHaveLength(1)
  })

  it('a code is good for ten minutes, and for whoever asked for it', async () => {
    const visitor = await visitAccount(latchkey)
    const other = await visitAccount(latchkey)
    const code = spacedCodeIn(await claim(visitor, newAddress()))
    await claim(other, newAddress())
    expect((await other.send(`${adding}/confirm`, { code })).status).toBe(400)
    if (on === 'embedded') {
      latchkey.clock.advance(601)
      await visitor.open(adding)
      expect((await visitor.send(`${adding}/confirm`, { code })).body).toContain('The code no longer works')
    }
  })

  it('what cannot be an address, is nothing, or is theirs already, is said at the field, and no mail goes out', async () => {
    const visitor = await visitAccount(latchkey)
    await visitor.open(adding)
    const before = (await listMails(latchkey, visitor.address)).length
    for (const [address, words] of [
      ['', 'Fill this in.'],
      ['a@b', 'We can’t send e-mail to this address.'],
      ['a@example.com\r\nBcc: b@example.com', 'We can’t send e-mail to this address.'],
      [visitor.address.toUpperCase(), 'This address is yours already.'],
    ] as const) {
      const answer = await visitor.send(adding, { address })
      expect([answer.status, answer.body.includes(words)], address).toEqual([400, true])
    }
    expect((await listMails(latchkey, visitor.address)).length).toBe(before)
  })

  it('the primary one cannot be removed, nor somebody else’s be touched: the same 404', async () => {
    const visitor = await visitAccount(latchkey)
    const other = await visitAccount(latchkey)
    await add(other)
    const [theirs = ''] = await removeLinks(other)
    for (const path of [theirs, theirs.replace(/remove$/, 'primary'), `${list}/nothing/remove`]) {
      for (const answer of [await visitor.open(path), await visitor.send(path)])
        expect([answer.status, headingOf(answer)], path).toEqual([404, 'There is nothing here'])
    }
    expect(await removeLinks(other)).toHaveLength(1)
  })

  it('of two at once, one that makes an address the primary one and one that removes it, an address is left that is primary', async () => {
    const visitor = await visitAccount(latchkey)
    await add(visitor)
    const [remove = ''] = await removeLinks(visitor)
    await Promise.all([visitor.send(remove.replace(/remove$/, 'primary')), visitor.send(remove)])
    const page = await visitor.open(list)
    expect(page.body.match(/class="badge"/g)).toHaveLength(1)
  })

  it.for(on === 'embedded' ? [on] : [])(
    'a sign-in that is older than ten minutes is asked for anew, before anything is changed',
    async () => {
      const visitor = await visitAccount(latchkey)
      await add(visitor)
      const [remove = ''] = await removeLinks(visitor)
      latchkey.clock.advance(601)
      for (const path of [adding, `${adding}/confirm`, `${adding}/again`, remove, remove.replace(/remove$/, 'primary')])
        expect(asksToSignIn(await visitor.send(path, { address: newAddress(), code: 'x' })), path).toBe(true)
      expect(await removeLinks(visitor)).toEqual([remove])
      expect(headingOf(await visitor.open(remove))).toBe('Remove this address?')
      expect((await visitor.submit(remove)).body).toContain('The address was removed.')
    },
  )

  it('more than ten claims an hour are too many', async () => {
    const visitor = await visitAccount(latchkey)
    const answers = []
    for (let count = 0; count <= 10; count += 1) answers.push(await visitor.send(adding, { address: newAddress() }))
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(10).fill(303), 429])
  })
})
