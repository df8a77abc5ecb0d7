import { renderAddressCodeMail } from '../../views/emails/address-code.tsx'
import type { Circumstances } from '../audit/record.ts'
import { recordEvent } from '../audit/record.ts'
import type { RequestFacts } from '../http/context.ts'
import { spendLimit } from '../http/limits.ts'
import { secondsAfter } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import { constantTimeEqual } from '../kernel/secrets.ts'
import type { RateLimit } from '../ports/rate-limiter.ts'
import type { AddressClaimRecord, UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { createMailBudget } from '../sign-in/mail-budget.ts'
import { newUserCode, normaliseUserCode } from '../sign-in/user-code.ts'
import { chooseLocale } from '../http/locale.ts'
import { type AccountParts, mailContextFor } from './surroundings.ts'

/*
 * An address that somebody says is theirs. A code goes there, and typing it here shows that whoever is signed in reads what comes.
 * Nothing that the page says or does depends on whether the address is somebody else's already; the mail says so, to whom it goes.
 */

const lifetimeSeconds = 600
const triesPerClaim = 5
const claims: RateLimit = { name: 'address-claims', points: 10, windowSeconds: 3600 }
const tries: RateLimit = { name: 'address-claim-tries', points: 30, windowSeconds: 3600 }

export type ClaimVerdict = { kind: 'proved'; address: string } | { kind: 'wrong'; address: string } | { kind: 'over' }

export function createAddressClaims(parts: AccountParts) {
  const { data, cipher, rateLimiter, store, clock, issuer } = parts
  const budget = createMailBudget({ rateLimiter, store, cipher })
  const hashCode = (claimId: string, code: string) => cipher.blindIndex('code', `address:${claimId}:${code}`)

  return {
    /** Throws AppError `too-many-requests` where this person, or whoever shares their network, has asked for too many mails. */
    async begin(
      user: UserRecord,
      address: string,
      { browser, facts, circumstances }: { browser: Buffer; facts: RequestFacts; circumstances: Circumstances },
    ): Promise<void> {
      await spendLimit(rateLimiter, claims, user.id)
      await budget.spendShared(facts.addressBlock)
      // Under this person's own scope nobody else's addresses can be seen.
      const owner = await data.read({ kind: 'system', reason: 'sign-in' }, ({ users }) => users.findByAddress(address))
      const isSent = await budget.spend(address, browser)
      const code = newUserCode()
      const createdAt = clock()
      const id = newId()
      const mail = renderAddressCodeMail(
        mailContextFor(parts, chooseLocale([user.locale])),
        owner === undefined
          ? { kind: 'code', code, lifetimeMinutes: lifetimeSeconds / 60 }
          : { kind: 'taken', accountUrl: `${issuer}/account` },
      )
      const message = {
        messageId: `${id}@${new URL(issuer).hostname}`,
        to: { name: '', address },
        language: chooseLocale([user.locale]),
        ...mail,
      }
      const codeHash = hashCode(id, code)
      const expiresAt = secondsAfter(createdAt, lifetimeSeconds)
      await data.scoped({ kind: 'self', userId: user.id }, async repositories => {
        await repositories.accounts.replaceAddressClaim({
          id,
          userId: user.id,
          address,
          codeHash,
          tries: 0,
          createdAt,
          expiresAt,
        })
        if (isSent) await repositories.jobs.enqueue('mail', { message })
        await recordEvent(repositories, { action: 'address.claimed', userId: user.id, claim_id: id }, circumstances)
      })
    },

    /** The claim that waits for its code. */
    async find({ accounts }: Repositories, userId: string): Promise<AddressClaimRecord | undefined> {
      const claim = await accounts.findAddressClaim(userId)
      return claim !== undefined && claim.expiresAt > clock() && claim.tries < triesPerClaim ? claim : undefined
    },

    /** Spends a try's limit, before there is a transaction. Throws AppError `too-many-requests`. */
    limit: (userId: string) => spendLimit(rateLimiter, tries, userId),

    /** Counts first and compares then: of many tries at once no more than five are ever compared. */
    async verify({ accounts }: Repositories, userId: string, typed: string): Promise<ClaimVerdict> {
      const count = await accounts.countAddressClaimTry(userId)
      const claim = await accounts.findAddressClaim(userId)
      if (claim === undefined || claim.expiresAt <= clock() || count > triesPerClaim) return { kind: 'over' }
      const code = normaliseUserCode(typed)
      if (code === undefined || !constantTimeEqual(hashCode(claim.id, code), claim.codeHash))
        return count === triesPerClaim ? { kind: 'over' } : { kind: 'wrong', address: claim.address }
      await accounts.deleteAddressClaim(userId)
      return { kind: 'proved', address: claim.address }
    },
  }
}
