/** Codes are short, so wrong ones are counted over all of a person's sign-ins, and each wait is longer than the one before. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import type { Response } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp } from '../support/relying-party.ts'
import { codeOf, type SecondFactorHolder, signInByMail, signUpWithTotp, typeTotp, wrongCodeOf } from '../support/second-steps.ts'
import { headingOf, returned } from '../support/sign-in.ts'

const { say } = speak('en')
const step = 30
const arrived = (page: Response) => returned(page)?.has('code') === true

describe.each(['embedded', 'servers'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], on, environment: { TRUSTED_PROXIES: '1' } })
  })
  afterAll(() => latchkey?.stop())

  const signIn = ({ address }: Pick<SecondFactorHolder, 'address'>) => signInByMail(latchkey, { address })

  describe('wrong codes', () => {
    const listRefusals = async (address: string) => {
      const events = await latchkey.adapters.data.read({ kind: 'system', reason: 'sign-in' }, async repositories => {
        const user = await repositories.users.findByAddress(address)
        return repositories.auditEvents.listForUser(user?.id ?? '', ['totp.refused'], 100)
      })
      return events.map(({ disclosures }) => disclosures['reason']?.value)
    }
    const typeWrong = async (holder: SecondFactorHolder, signIns: Awaited<ReturnType<typeof signIn>>[]) => {
      for (const each of signIns) await typeTotp(each, wrongCodeOf(latchkey, holder.key))
    }

    it('are counted over all sign-ins: after five in a row there is a wait, and the page says how long', async () => {
      const holder = await signUpWithTotp(latchkey)
      const [one, other] = [await signIn(holder), await signIn(holder)]
      await typeWrong(holder, [one, other, one, other, one])
      const third = { ...other, next: await other.agent.get(other.home) }
      expect(third.next.body).toContain('You can try again in')
      const paused = await typeTotp(third, codeOf(latchkey, holder.key))
      expect(paused.status).toBe(400)
      expect(paused.body).toContain('You can try again in')
      // Asking again does not lengthen it.
      latchkey.clock.advance(31)
      expect(arrived(await typeTotp(third, codeOf(latchkey, holder.key)))).toBe(true)
    })

    it('make each wait longer than the one before, and a right one ends them', async () => {
      const holder = await signUpWithTotp(latchkey)
      const begun = await signIn(holder)
      await typeWrong(
        holder,
        Array.from({ length: 5 }, () => begun),
      )
      for (const [seconds, next] of [
        [30, '1 minute'],
        [60, '2 minutes'],
        [120, '4 minutes'],
      ] as const) {
        latchkey.clock.advance(seconds + 1)
        const page = await typeTotp(begun, wrongCodeOf(latchkey, holder.key))
        expect(page.body).toContain(say('second-step.paused', { wait: next }))
      }
      latchkey.clock.advance(241)
      expect(arrived(await typeTotp(begun, codeOf(latchkey, holder.key)))).toBe(true)
      latchkey.clock.advance(step)
      const after = await signIn(holder)
      await typeWrong(holder, [after, after, after, after])
      expect(arrived(await typeTotp(after, codeOf(latchkey, holder.key)))).toBe(true)
    })

    it('at once are no more than five that are compared', async () => {
      const holder = await signUpWithTotp(latchkey)
      const [one, other] = [await signIn(holder), await signIn(holder)]
      const tries = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? one : other))
      await Promise.all(tries.map(each => typeTotp(each, wrongCodeOf(latchkey, holder.key))))
      const reasons = await listRefusals(holder.address)
      expect(reasons.filter(reason => reason === 'code-wrong')).toHaveLength(5)
      expect(reasons.filter(reason => reason === 'tries-paused')).toHaveLength(5)
      expect((await typeTotp(one, codeOf(latchkey, holder.key))).body).toContain('You can try again in')
    })

    it('never lock out: the other ways are open meanwhile', async () => {
      const holder = await signUpWithTotp(latchkey)
      const begun = await signIn(holder)
      await typeWrong(
        holder,
        Array.from({ length: 5 }, () => begun),
      )
      expect((await begun.agent.get(begun.home)).body).toContain(say('other-way.recovery-code'))
      const page = await begun.agent.follow(
        await begun.agent.post(`${begun.home}/verify`, { method: 'recovery-code', code: holder.codes[0] ?? '' }),
      )
      expect(headingOf(page)).toBe(say('recovery-used.heading'))
      expect(arrived(await begun.agent.follow(await begun.agent.get(begun.home)))).toBe(true)
    })
  })
})
