/** Who takes a way in away, takes with it what was proved by it before, everywhere but in the browser in which they do it. */
import { beforeEach, describe, expect, it } from 'vitest'
import { stepSeconds } from '../../provider/totp/codes.ts'
import { speak } from '../../views/messages.ts'
import { isSignIn, linksIn, spacedCodeIn, type Visitor, visitAccount } from '../support/account.ts'
import type { Agent, Response } from '../support/agent.ts'
import { comeBack, googlePerson, leaveFor, openFirstPage as openFederated, useFederation } from '../support/federation.ts'
import { openFirstPage } from '../support/passkey-sign-in.ts'
import { browserApp, linkIn } from '../support/relying-party.ts'
import { codeOf, keyIn, signInByMail } from '../support/second-steps.ts'
import { beginSignIn, expectMails, newAddress, newAgentBehindProxy, returned } from '../support/sign-in.ts'

const { say } = speak('en')
const federation = useFederation()
const waysIn = '/account/ways-in'
const addresses = '/account/addresses'

/** A sign-in that has proved enough, and has not gone on. */
interface Waiting {
  agent: Agent
  goOn(): Promise<Response>
}

interface Removable {
  owner: Visitor
  /** Proves, in a new browser, by what will be removed. */
  prove(): Promise<Waiting>
  /** What the owner presses, and what they are told then. */
  remove(): Promise<Response>
}

const waitingAt = (agent: Agent, home: string): Waiting => ({
  agent,
  goOn: async () => agent.follow(await agent.get(home)),
})

/** Presses the only link of a page that ends like this. */
async function pressOnly(owner: Visitor, page: string, end: string): Promise<Response> {
  const [path, ...more] = linksIn(await owner.open(page), end)
  if (path === undefined || more.length > 0) throw new Error(`${page} has not one ${end}`)
  return owner.submit(path)
}

async function addAddress(): Promise<Removable> {
  const { latchkey } = federation
  const owner = await visitAccount(latchkey)
  const address = newAddress()
  const nextMail = expectMails(latchkey, address)
  await owner.submit(`${addresses}/add`, { address })
  await owner.submit(`${addresses}/add/confirm`, { code: spacedCodeIn((await nextMail()).text) })
  return {
    owner,
    async prove() {
      const agent = newAgentBehindProxy()
      const { home, nextMail: nextLink } = await beginSignIn(latchkey, { agent, address })
      await agent.post(linkIn((await nextLink()).text))
      return waitingAt(agent, home)
    },
    remove: () => pressOnly(owner, addresses, '/remove'),
  }
}

async function addAuthenticatorApp(): Promise<Removable> {
  const { latchkey } = federation
  const owner = await visitAccount(latchkey)
  const key = keyIn(await owner.open(`${waysIn}/add/totp`))
  await owner.submit(`${waysIn}/add/totp`, { code: codeOf(latchkey, key) })
  return {
    owner,
    async prove() {
      latchkey.clock.advance(stepSeconds)
      const { agent, home } = await signInByMail(latchkey, { address: owner.address })
      await agent.post(`${home}/verify`, { method: 'totp', code: codeOf(latchkey, key) })
      return waitingAt(agent, home)
    },
    remove: () => pressOnly(owner, waysIn, '/remove'),
  }
}

async function linkGoogle(): Promise<Removable> {
  const { latchkey, google } = federation
  const owner = await visitAccount(latchkey)
  google.person = googlePerson()
  const back = await comeBack(owner.agent, await owner.send('/account/connections/google/link'))
  await owner.agent.follow(await owner.agent.get(back))
  return {
    owner,
    async prove() {
      const begun = await openFederated(federation)
      await begun.agent.get(await comeBack(begun.agent, await leaveFor('google', begun)))
      return waitingAt(begun.agent, begun.home)
    },
    remove: () => pressOnly(owner, waysIn, '/unlink'),
  }
}

/** What an app is told that asks without a question. */
async function askSilently(agent: Agent): Promise<string | null | undefined> {
  const { page } = await openFirstPage(federation.latchkey, agent, browserApp, { prompt: 'none' })
  const answer = returned(page)
  return answer?.has('code') === true ? 'code' : answer?.get('error')
}

const isAtAccount = async (agent: Agent) => {
  const page = await agent.follow(await agent.get(`${federation.latchkey.issuer}/account`))
  return !isSignIn(page) && page.status === 200
}

describe.each([
  ['an address', addAddress, say('account.done.address-removed')],
  ['an authenticator app', addAuthenticatorApp, say('account.done.factor-removed')],
  ['an account elsewhere', linkGoogle, say('account.done.unlinked')],
] as const)('when somebody takes %s away', (_what, add, told) => {
  // What is proved in the second of the removal counts: moments are kept to the second.
  const passOneSecond = () => federation.latchkey.clock.advance(1)
  let removable: Removable
  beforeEach(async () => {
    removable = await add()
  })

  async function remove(): Promise<void> {
    passOneSecond()
    expect((await removable.remove()).body).toContain(told)
  }

  it('a sign-in that was proved with it elsewhere, and waits, leads nowhere', async () => {
    const waiting = await removable.prove()
    await remove()
    expect(returned(await waiting.goOn())).toBeUndefined()
    expect(await askSilently(waiting.agent)).toBe('login_required')
  })

  it('a session that was made with it elsewhere counts no longer: for apps, nor for the account', async () => {
    const { agent, goOn } = await removable.prove()
    expect(returned(await goOn())?.has('code')).toBe(true)
    expect([await askSilently(agent), await isAtAccount(agent)]).toEqual(['code', true])
    await remove()
    expect([await askSilently(agent), await isAtAccount(agent)]).toEqual(['login_required', false])
  })

  it('the browser in which they did it goes on', async () => {
    await remove()
    expect([await askSilently(removable.owner.agent), await isAtAccount(removable.owner.agent)]).toEqual(['code', true])
  })
})
