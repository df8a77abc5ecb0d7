import { createRemoteJWKSet, jwtVerify, SignJWT } from 'jose'
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Agent } from '../support/agent.ts'
import { askUserinfo, call, redeem, refresh, signIn, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp as app } from '../support/relying-party.ts'
import { runLatchkey } from '../support/terminal.ts'

const agent = new Agent()
let latchkey: RunningLatchkey

beforeEach(async () => {
  // Keys are read again every minute, by an interval that the test lets pass.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  latchkey = await startLatchkey({ apps: [app] })
})
afterEach(async () => {
  vi.useRealTimers()
  await latchkey.stop()
})
afterAll(() => agent.close())

it('what a stolen key signs is refused a minute after "latchkey keys rotate --now", and nobody has to sign in again', async () => {
  const before = tokensOf(await redeem(latchkey, app, await signIn(latchkey, agent, app, 'ada@example.com')))
  const [stolen] = await latchkey.adapters.data.read({ kind: 'system', reason: 'doctor' }, ({ signingKeys }) =>
    signingKeys.list(),
  )
  if (stolen === undefined) throw new Error('there is no key')
  const { payload } = await jwtVerify(before.accessToken, createRemoteJWKSet(new URL(`${latchkey.issuer}/jwks`)))
  const forged = await new SignJWT(payload)
    .setProtectedHeader({ alg: stolen.algorithm, kid: stolen.kid, typ: 'at+jwt' })
    .sign(stolen.privateJwk)
  expect((await askUserinfo(latchkey, forged)).status).toBe(200)

  const { databaseUrl = '', dataDirectory } = latchkey
  const said = await runLatchkey({ DATABASE_URL: databaseUrl, DATA_DIR: dataDirectory }, ['keys', 'rotate', '--now', '--json'])
  expect(said.exitCode).toBe(0)
  const { kid } = JSON.parse(said.output)
  vi.advanceTimersByTime(60_000)
  const published = async () => (await call(`${latchkey.issuer}/jwks`)).body['keys']
  await expect.poll(published, { timeout: 10_000 }).toMatchObject([{ kid }])

  expect((await askUserinfo(latchkey, forged)).status).toBe(401)
  expect((await askUserinfo(latchkey, before.accessToken)).status).toBe(401)
  const after = tokensOf(await refresh(latchkey, app, before.refreshToken))
  expect((await askUserinfo(latchkey, after.accessToken)).status).toBe(200)
  const keys = createRemoteJWKSet(new URL(`${latchkey.issuer}/jwks`))
  await expect(jwtVerify(forged, keys)).rejects.toThrow()
  expect((await jwtVerify(after.accessToken, keys)).protectedHeader.kid).toBe(kid)
})
