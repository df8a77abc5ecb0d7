import fc from 'fast-check'
import { calculateJwkThumbprint, exportJWK, importJWK, jwtVerify, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { currentKeys } from '../../provider/keys/current-keys.ts'
import { newSigningKey, type SigningAlgorithm } from '../../provider/keys/new-signing-key.ts'
import { emergencyTiming, ensureSigningKey, type KeyTiming, rotateSigningKey, timingFor } from '../../provider/keys/rotation.ts'
import { secondsAfter } from '../../provider/kernel/clock.ts'
import type { Data } from '../../provider/ports/data.ts'
import type { AuditEventRecord, SigningKeyRecord } from '../../provider/ports/records.ts'
import type { Repositories } from '../../provider/ports/repositories.ts'

const beginning = new Date('2030-01-01T00:00:00Z')
const timing: KeyTiming = { publicationDelay: 100, longestToken: 500, margin: 50 }

/** An installation's keys in memory, with a clock to be set, and the log of what was done to them. */
function openInstallation() {
  const keys = new Map<string, SigningKeyRecord>()
  const events: AuditEventRecord[] = []
  let locked = false
  const unlocked = () => (locked ? undefined : expect.fail('keys are changed under the lock'))
  const repositories: Pick<Repositories, 'signingKeys'> & { auditEvents: Pick<Repositories['auditEvents'], 'append'> } = {
    signingKeys: {
      lock: async () => void (locked = true),
      list: async () => [...keys.values()],
      insert: async key => void (unlocked(), keys.set(key.kid, key)),
      update: async (kid, changes) =>
        void (unlocked(), keys.set(kid, { ...(keys.get(kid) ?? expect.fail('no such key')), ...changes })),
      delete: async kid => void (unlocked(), keys.delete(kid)),
    },
    auditEvents: { append: async appended => void events.push(...appended) },
  }
  const data: Pick<Data, 'scoped'> = {
    async scoped(_mode, work) {
      locked = false
      return work(repositories as Repositories) // keys and events are all that it uses
    },
  }
  const time = { now: beginning }
  const clock = () => time.now
  return {
    time,
    keys: () => [...keys.values()],
    current: (now = time.now) => currentKeys([...keys.values()], now) ?? expect.fail('no key'),
    start: (algorithm: SigningAlgorithm) => ensureSigningKey(data, algorithm, clock, timing),
    rotate: (algorithm: SigningAlgorithm, theTiming = timing) =>
      rotateSigningKey(data, { algorithm, reason: 'command-line', clock, timing: theTiming }),
    pass(seconds: number) {
      time.now = secondsAfter(time.now, seconds)
    },
    log: () => events.map(({ action, disclosures }) => [action, disclosures.kid?.value ?? expect.fail('the event names no key')]),
  }
}

describe('a signing key', () => {
  it.each(['ES256', 'RS256', 'EdDSA'] as const)(
    'of %s signs what its public half verifies, under its RFC 7638 name',
    async algorithm => {
      const key = await newSigningKey(algorithm, { createdAt: beginning, signsFrom: beginning })
      expect(key.kid).toBe(await calculateJwkThumbprint(key.privateJwk))
      expect(key.privateJwk).toMatchObject({ kid: key.kid, alg: algorithm, use: 'sig' })
      const token = await new SignJWT({}).setProtectedHeader({ alg: algorithm }).sign(await importJWK(key.privateJwk))
      const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi']
      const publicKey = await importJWK(
        Object.fromEntries(Object.entries(key.privateJwk).filter(([name]) => !privateMembers.includes(name))),
      )
      expect(publicKey).toMatchObject({ type: 'public' })
      await jwtVerify(token, publicKey, { algorithms: [algorithm] })
      if (algorithm === 'RS256') expect(Buffer.from((await exportJWK(publicKey)).n ?? '', 'base64url')).toHaveLength(256)
    },
  )
})

describe('at a start', () => {
  it('the first key is made and signs at once; the next start finds it', async () => {
    const installation = openInstallation()
    const [key, ...others] = await installation.start('ES256')
    expect(others).toEqual([])
    expect(installation.current()).toEqual({ signing: key, published: [key] })
    installation.pass(1_000_000)
    expect(await installation.start('ES256')).toEqual([key])
    expect(installation.log()).toEqual([['signing-key.created', key?.kid]])
  })

  it('another algorithm in the settings publishes a key now, signs with it after the delay, and keeps the old one published', async () => {
    const installation = openInstallation()
    const [old] = await installation.start('ES256')
    installation.pass(1000)
    await installation.start('RS256')
    expect(installation.current().signing.kid).toBe(old?.kid)
    expect(installation.current().published.map(({ algorithm }) => algorithm)).toEqual(['ES256', 'RS256'])
    await installation.start('RS256')
    installation.pass(100)
    expect(installation.current().published.map(({ algorithm }) => algorithm)).toEqual(['RS256', 'ES256'])
    installation.pass(550)
    expect(installation.current().published.map(({ algorithm }) => algorithm)).toEqual(['RS256'])
  })

  it('a node whose clock is behind signs with the first key all the same', async () => {
    const installation = openInstallation()
    const [key] = await installation.start('ES256')
    expect(installation.current(secondsAfter(beginning, -30)).signing).toEqual(key)
  })
})

describe('a rotation', () => {
  it('is published, signs, and lets the old key end, each in its time', async () => {
    const installation = openInstallation()
    const [old] = await installation.start('ES256')
    installation.pass(10_000)
    const next = await installation.rotate('ES256')
    const timeline = [0, 99, 100, 649, 650].map(seconds => {
      const { signing, published } = installation.current(secondsAfter(installation.time.now, seconds))
      return { seconds, signing: signing.kid, published: published.map(({ kid }) => kid) }
    })
    expect(timeline).toEqual([
      { seconds: 0, signing: old?.kid, published: [old?.kid, next.kid] },
      { seconds: 99, signing: old?.kid, published: [old?.kid, next.kid] },
      { seconds: 100, signing: next.kid, published: [next.kid, old?.kid] },
      { seconds: 649, signing: next.kid, published: [next.kid, old?.kid] },
      { seconds: 650, signing: next.kid, published: [next.kid] },
    ])
  })

  it('deletes the private keys of those that ended before, and writes all of it into the log', async () => {
    const installation = openInstallation()
    const [first] = await installation.start('ES256')
    const second = await installation.rotate('ES256')
    installation.pass(650)
    const third = await installation.rotate('ES256')
    expect(installation.keys().map(({ kid }) => kid)).toEqual([second.kid, third.kid])
    expect(installation.log()).toEqual([
      ['signing-key.created', first?.kid],
      ['signing-key.retired', first?.kid],
      ['signing-key.created', second.kid],
      ['signing-key.removed', first?.kid],
      ['signing-key.retired', second.kid],
      ['signing-key.created', third.kid],
    ])
  })

  it('never puts off an end that was set before', async () => {
    const installation = openInstallation()
    const [first] = await installation.start('ES256')
    for (let times = 0; times < 5; times++) {
      await installation.rotate('ES256')
      installation.pass(130)
    }
    expect(installation.keys().map(({ kid }) => kid)).toContain(first?.kid)
    expect(installation.current().published.map(({ kid }) => kid)).not.toContain(first?.kid)
  })

  it('after a theft ends every older key at once, also one that was to sign soon', async () => {
    const installation = openInstallation()
    await installation.start('ES256')
    await installation.rotate('ES256')
    const fresh = await installation.rotate('ES256', emergencyTiming)
    for (const seconds of [0, 100, 10_000]) {
      const { published } = installation.current(secondsAfter(installation.time.now, seconds))
      expect(published.map(({ kid }) => kid)).toEqual([fresh.kid])
    }
  })

  it('by a node whose clock is behind takes over all the same', async () => {
    const installation = openInstallation()
    await installation.start('ES256')
    installation.pass(-30)
    const next = await installation.rotate('ES256')
    installation.pass(100)
    expect(installation.current().signing.kid).toBe(next.kid)
  })

  it('leaves at every moment one key that signs, and publishes every key that signed a token still alive', async () => {
    const step = fc.record({
      pass: fc.integer({ min: 0, max: 900 }),
      action: fc.constantFrom(
        'rotate' as const,
        'rotate sooner' as const,
        'start with ES256' as const,
        'start with EdDSA' as const,
      ),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async steps => {
        const installation = openInstallation()
        await installation.start('ES256')
        const tokens: Array<{ kid: string; expiresAt: Date }> = []
        for (const { pass, action } of [...steps, { pass: 1000, action: 'rotate' as const }]) {
          const until = secondsAfter(installation.time.now, pass)
          const turns = installation.keys().flatMap(({ signsFrom, retiresAt }) => [signsFrom, retiresAt ?? signsFrom])
          const moments = [...turns.flatMap(turn => [secondsAfter(turn, -1), turn]), installation.time.now, until]
            .filter(moment => moment >= installation.time.now && moment <= until)
            .toSorted((a, b) => a.getTime() - b.getTime())
          for (const moment of moments) {
            const { signing, published } = installation.current(moment)
            expect(published[0]).toBe(signing)
            for (const token of tokens.filter(({ expiresAt }) => expiresAt >= moment)) {
              expect(published.map(({ kid }) => kid)).toContain(token.kid)
            }
            tokens.push({ kid: signing.kid, expiresAt: secondsAfter(moment, timing.longestToken) })
          }
          installation.time.now = until
          if (action === 'rotate') await installation.rotate('ES256')
          else if (action === 'rotate sooner') await installation.rotate('ES256', { ...timing, publicationDelay: 10 })
          else await installation.start(action === 'start with ES256' ? 'ES256' : 'EdDSA')
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('how long an old key stays published', () => {
  it.each([
    ['a session of the usual length', 30 * 86_400],
    ['a session of a year', 366 * 86_400],
  ])('outlasts %s, whose ID token is a hint at sign-out', (_, sessionMaxSeconds) => {
    const { longestToken, margin } = timingFor({ sessionMaxSeconds })
    expect(longestToken).toBe(sessionMaxSeconds)
    expect(margin).toBeGreaterThan(0)
  })

  it('outlasts an access token, however short sessions are', () => {
    expect(timingFor({ sessionMaxSeconds: 60 }).longestToken).toBe(3600)
  })
})

describe('without any key', () => {
  it('there is nothing to publish', () => {
    expect(currentKeys([], beginning)).toBeUndefined()
  })
})
