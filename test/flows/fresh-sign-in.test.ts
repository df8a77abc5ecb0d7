/** Where a page wants a fresh sign-in of who is signed in, it knows whose that is: one press is enough, and no URL says who. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { linkIn, serverApp, startRequest } from '../support/relying-party.ts'
import { followAll, formActions, newAddress } from '../support/sign-in.ts'
import { type Colleague, foundWith, visitAsColleague } from '../support/colleagues.ts'

const freshSeconds = 600

describe.each(['embedded', 'postgres'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  let admin: Colleague
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [serverApp], on, environment: { TRUSTED_PROXIES: '1' } })
    admin = await visitAsColleague(latchkey)
  })
  afterAll(() => latchkey?.stop())

  async function arriveAt(url: string) {
    const { urls, page } = await followAll(admin.agent, await admin.agent.get(url))
    return { urls, page, field: /<input[^>]*name="address"[^>]*>/.exec(page.body)?.[0] ?? '' }
  }
  const nameOf = (address: string) => address.split('@')[0] ?? ''

  it.each(['/account/ways-in/add/totp', 'a workspace’s own /delete'])('%s', async named => {
    const { path } = await foundWith(latchkey, [[admin, 'admin']])
    const wanted = named.startsWith('/account') ? named : `${path}/delete`
    latchkey.clock.advance(freshSeconds + 1)
    const { urls, page, field } = await arriveAt(`${latchkey.issuer}${wanted}`)
    expect(field).toContain(`value="${admin.address}"`)
    expect(page.body).toContain('show once more that it’s you')
    expect(urls.filter(url => url.includes(nameOf(admin.address)))).toEqual([])

    // The form as it stands.
    const since = new Date(Date.now() - 1)
    const action = formActions(page).find(each => each.endsWith('/email')) ?? ''
    const waiting = await admin.agent.follow(
      await admin.agent.post(action, { address: /value="([^"]*)"/.exec(field)?.[1] ?? '' }),
    )
    await admin.agent.post(linkIn((await latchkey.waitForMail(admin.address, since)).text))
    const arrived = await admin.agent.follow(await admin.agent.get(waiting.url))
    expect(new URL(arrived.url).pathname).toBe(wanted)
  })

  it('an app that wants it afresh and names somebody else is not told who is signed in', async () => {
    latchkey.clock.advance(freshSeconds + 1)
    const somebody = newAddress()
    const { url } = await startRequest(latchkey.issuer, serverApp, { max_age: '60', login_hint: somebody })
    const { page, field } = await arriveAt(url)
    expect(field).toContain(`value="${somebody}"`)
    expect(page.body).not.toContain('once more')
    expect(page.body).not.toContain(admin.address)
  })

  it('who is asked to sign in anew, as whoever they like, finds the field empty', async () => {
    const { url } = await startRequest(latchkey.issuer, serverApp, { prompt: 'login' })
    const { page, field } = await arriveAt(url)
    expect(field).toContain('name="address"')
    expect(field).not.toContain('value=')
    expect(page.body).not.toContain(admin.address)
  })
})
