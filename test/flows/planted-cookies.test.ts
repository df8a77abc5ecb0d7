/** A neighbour of the issuer (another subdomain, another port) can plant cookies under a path. It gets and gives nobody's sign-in. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { askForMail, browserApp, linkIn, startRequest } from '../support/relying-party.ts'

let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp] })
})
afterAll(() => latchkey.stop())

/** The cookies of an interaction, as whoever began it can read them from the answers. */
function readCookies(lines: string[] | undefined): string {
  return (lines ?? [])
    .filter(line => line.startsWith('__Secure-'))
    .map(line => line.split(';')[0])
    .join('; ')
}

it("gives nobody the sign-in of somebody who was sent into the attacker's interaction", async () => {
  const attacker = new Agent()
  const { url } = await startRequest(latchkey.issuer, browserApp)
  const begun = await attacker.get(url)
  const planted = readCookies(begun.headers['set-cookie'])
  expect(planted).toContain('__Secure-interaction=')

  const victim = new Agent()
  const page = await victim.get(begun.location ?? '', { cookie: planted })
  expect(page.status).toBe(410)
  const form = await victim.post(
    `${begun.location}/email`,
    { address: 'victim@example.com' },
    { cookie: `${planted}; ${victim.cookies(begun.location ?? '')}` },
  )
  expect(form.status).toBe(410)
})

it("signs nobody in as the attacker, whose finished sign-in is planted in another's browser", async () => {
  const attacker = new Agent()
  const { url } = await startRequest(latchkey.issuer, browserApp)
  const before = new Date(Date.now() - 1)
  const waiting = await askForMail(attacker, url, 'mallory@example.com')
  await attacker.follow(await attacker.post(linkIn((await latchkey.waitForMail('mallory@example.com', before)).text)))
  const resume = (await attacker.get(waiting.url)).location ?? ''
  expect(resume).toContain('/authorize/')

  // Everything that lies under a path can be planted; the browser's own name cannot.
  const planted = attacker.cookies(resume).replace(/__Host-browser=[^;]+(; )?/, '')
  expect(planted).toContain('__Secure-resume=')
  const victim = new Agent()
  const answer = await victim.get(resume, { cookie: planted })
  expect(answer.headers['set-cookie']?.join() ?? '').not.toContain('__Host-session=')
  expect(answer.location ?? '').not.toContain('code=')

  // Nothing of it is used up: the one who began it arrives.
  const arrived = await attacker.follow(await attacker.get(resume))
  expect(new URL(arrived.location ?? '').searchParams.has('code')).toBe(true)
})
