import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../provider/kernel/ids.ts'
import type { Data } from '../../provider/ports/data.ts'
import { type DurableState, databaseKinds, openDurableState } from '../support/durable-state.ts'
import { aChallenge, anAttempt, anHourEarlier, anHourLater, asSystem, newAddress, newHash, noon } from '../support/records.ts'

describe.each(databaseKinds)('attempts, e-mail challenges and wrong codes on %s', kind => {
  let state: DurableState
  let data: Data
  beforeAll(async () => {
    state = await openDurableState(kind)
    data = state.data
  })
  afterAll(() => state?.close())

  async function createAttempt(changes: Parameters<typeof anAttempt>[0] = {}) {
    const attempt = anAttempt(changes)
    await data.scoped(asSystem, ({ attempts }) => attempts.create(attempt))
    return attempt
  }

  async function createChallenge(attemptId: string, changes: Parameters<typeof aChallenge>[1] = {}) {
    const challenge = aChallenge(attemptId, changes)
    await data.scoped(asSystem, ({ emailChallenges }) => emailChallenges.create(challenge))
    return challenge
  }

  it('keeps an attempt as it was given, with and without what may be missing', async () => {
    const whole = await createAttempt()
    const sparse = await createAttempt({ address: undefined, userId: undefined, method: undefined, proofs: [], request: {} })
    for (const attempt of [whole, sparse]) {
      expect(await data.read(asSystem, ({ attempts }) => attempts.find(attempt.id))).toEqual(attempt)
      expect(await data.read(asSystem, ({ attempts }) => attempts.findByInteraction(attempt.interactionUid))).toEqual(attempt)
    }
    await data.read(asSystem, async ({ attempts }) => {
      for (const id of [newId(), 'not-an-id', '\0']) {
        expect(await attempts.find(id)).toBeUndefined()
        expect(await attempts.findByInteraction(id)).toBeUndefined()
      }
    })
  })

  it('finds the newest attempt of an interaction', async () => {
    const first = await createAttempt()
    const second = await createAttempt({ interactionUid: first.interactionUid, createdAt: anHourLater })
    await createAttempt({ interactionUid: first.interactionUid, createdAt: anHourEarlier })
    expect((await data.read(asSystem, ({ attempts }) => attempts.findByInteraction(first.interactionUid)))?.id).toBe(second.id)
  })

  it('changes what a transition names, and leaves the rest', async () => {
    const attempt = await createAttempt()
    const move = (...[from, to, changes]: [typeof attempt.state, typeof attempt.state, object]) =>
      data.scoped(asSystem, ({ attempts }) => attempts.transition(attempt.id, from, to, changes))
    const find = () => data.read(asSystem, ({ attempts }) => attempts.find(attempt.id))

    expect(await move('open', 'open', {})).toBe(true)
    expect(await find()).toEqual(attempt)

    const userId = newId()
    expect(await move('open', 'satisfied', { userId, proofs: [], address: 'grace@example.com', method: 'passkey' })).toBe(true)
    const changed = { ...attempt, state: 'satisfied', userId, proofs: [], address: 'grace@example.com', method: 'passkey' }
    expect(await find()).toEqual(changed)

    expect(await move('open', 'ended', {})).toBe(false)
    expect(await move('satisfied', 'completed', { address: undefined, userId: undefined, method: undefined })).toBe(true)
    expect(await find()).toEqual({ ...changed, state: 'completed', address: undefined, userId: undefined, method: undefined })
    expect(await data.scoped(asSystem, ({ attempts }) => attempts.transition('not-an-id', 'open', 'ended', {}))).toBe(false)
  })

  it('lets one of fifty callers move an attempt', async () => {
    const attempt = await createAttempt()
    const moved = await Promise.all(
      Array.from({ length: 50 }, () =>
        data.scoped(asSystem, ({ attempts }) => attempts.transition(attempt.id, 'open', 'satisfied', { userId: newId() })),
      ),
    )
    expect(moved.filter(Boolean)).toHaveLength(1)
  })

  it('moves an attempt, or undoes the whole transaction', async () => {
    const attempt = await createAttempt()
    const address = newAddress()
    const move = () =>
      data.scoped(asSystem, async ({ attempts, codeFailures }) => {
        await codeFailures.increment(address, noon)
        await attempts.move(attempt.id, 'open', 'satisfied', {})
      })
    await move()
    await expect(move()).rejects.toMatchObject({ code: 'conflict' })
    expect(await data.read(asSystem, ({ codeFailures }) => codeFailures.count(address))).toBe(1)
    expect((await data.read(asSystem, ({ attempts }) => attempts.find(attempt.id)))?.state).toBe('satisfied')
  })

  it('locks the attempt that a link stands for, and shows what was done to it meanwhile', async () => {
    const attempt = await createAttempt()
    const challenge = await createChallenge(attempt.id)
    const seen = await Promise.all(
      Array.from({ length: 10 }, () =>
        data.scoped(asSystem, async ({ attempts, emailChallenges }) => {
          const found = await emailChallenges.lockByTokenHash(challenge.tokenHash)
          if (found?.attempt.state === 'open') await attempts.move(attempt.id, 'open', 'satisfied', {})
          return found?.attempt.state
        }),
      ),
    )
    expect(seen.filter(state => state === 'open')).toHaveLength(1)
    expect(await data.scoped(asSystem, ({ emailChallenges }) => emailChallenges.lockByTokenHash(newHash()))).toBeUndefined()
  })

  it('deletes what has expired, so many at a time, with the challenges', async () => {
    const expiresAt = new Date('2001-01-01T00:00:00Z')
    const moment = new Date(expiresAt.getTime() + 1)
    const expired = [await createAttempt({ expiresAt }), await createAttempt({ expiresAt }), await createAttempt({ expiresAt })]
    const challenge = await createChallenge(expired[0]?.id ?? '')
    const lasting = await createAttempt({ expiresAt: moment })
    const sweep = () => data.scoped(asSystem, ({ attempts }) => attempts.deleteExpired(moment, 2))
    expect([await sweep(), await sweep(), await sweep()]).toEqual([2, 1, 0])
    await data.read(asSystem, async ({ attempts, emailChallenges }) => {
      for (const { id } of expired) expect(await attempts.find(id)).toBeUndefined()
      expect(await emailChallenges.findByTokenHash(challenge.tokenHash)).toBeUndefined()
      expect(await attempts.find(lasting.id)).toEqual(lasting)
    })
  })

  it('keeps a challenge, and voids it when the next mail is sent', async () => {
    const attempt = await createAttempt()
    const first = await createChallenge(attempt.id)
    expect(await data.read(asSystem, ({ emailChallenges }) => emailChallenges.findByTokenHash(first.tokenHash))).toEqual({
      challenge: first,
      attempt,
    })
    expect(await data.read(asSystem, ({ emailChallenges }) => emailChallenges.findOpen(attempt.id))).toEqual(first)

    const second = await createChallenge(attempt.id, { createdAt: anHourLater })
    await data.read(asSystem, async ({ emailChallenges }) => {
      expect(await emailChallenges.findOpen(attempt.id)).toEqual(second)
      expect((await emailChallenges.findByTokenHash(first.tokenHash))?.challenge).toEqual({ ...first, voidedAt: anHourLater })
      expect(await emailChallenges.findByTokenHash(newHash())).toBeUndefined()
      expect(await emailChallenges.findOpen(newId())).toBeUndefined()
      expect(await emailChallenges.findOpen('not-an-id')).toBeUndefined()
    })
    expect(await data.scoped(asSystem, ({ emailChallenges }) => emailChallenges.consume(first.id, noon))).toBe(false)
  })

  it('leaves one challenge open, however many mails are asked for at once', async () => {
    const attempt = await createAttempt()
    const challenges = await Promise.all(Array.from({ length: 20 }, () => createChallenge(attempt.id)))
    const stored = await Promise.all(
      challenges.map(({ tokenHash }) =>
        data.read(asSystem, repositories => repositories.emailChallenges.findByTokenHash(tokenHash)),
      ),
    )
    expect(stored.filter(found => found && found.challenge.voidedAt === undefined)).toHaveLength(1)
  })

  it('lets one of fifty callers consume a challenge', async () => {
    const challenge = await createChallenge((await createAttempt()).id)
    const consumed = await Promise.all(
      Array.from({ length: 50 }, () =>
        data.scoped(asSystem, ({ emailChallenges }) => emailChallenges.consume(challenge.id, noon)),
      ),
    )
    expect(consumed.filter(Boolean)).toHaveLength(1)
    await data.read(asSystem, async ({ emailChallenges }) => {
      expect((await emailChallenges.findByTokenHash(challenge.tokenHash))?.challenge.consumedAt).toEqual(noon)
      expect(await emailChallenges.findOpen(challenge.attemptId)).toBeUndefined()
    })
  })

  it('counts every try of a code, also of those who type at once', async () => {
    const challenge = await createChallenge((await createAttempt()).id)
    const counts = await Promise.all(
      Array.from({ length: 20 }, () => data.scoped(asSystem, ({ emailChallenges }) => emailChallenges.countTry(challenge.id))),
    )
    expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  })

  it('counts wrong codes in a row for an address, known or not', async () => {
    const address = newAddress()
    const count = () => data.read(asSystem, ({ codeFailures }) => codeFailures.count(address))
    expect(await count()).toBe(0)
    const counts = await Promise.all(
      Array.from({ length: 20 }, () => data.scoped(asSystem, ({ codeFailures }) => codeFailures.increment(address, noon))),
    )
    expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    expect(await count()).toBe(20)
    await data.scoped(asSystem, ({ codeFailures }) => codeFailures.reset(address))
    expect(await count()).toBe(0)
    expect(await data.scoped(asSystem, ({ codeFailures }) => codeFailures.increment(address, noon))).toBe(1)
  })
})
