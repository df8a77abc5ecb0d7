import { type Circumstances, recordEvent } from '../audit/record.ts'
import type { UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { cancelErasure } from '../users/erasure.ts'
import type { Notices } from '../users/notices.ts'
import type { MethodContext } from './method.ts'

/** Ends every session of a person, and what apps got by them, in the caller's transaction; answers how many there were. */
export type EndSessions = (
  repositories: Repositories,
  userId: string,
  /** Where the person has just proved who they are, which counts. */
  browser: Buffer,
  circumstances: Circumstances,
) => Promise<number>

export interface FirstMailboxProof {
  user: UserRecord
  /** The address that was proved, and until now was theirs on a connection's word alone. */
  address: string
  browserHash: Buffer
  /** Whether this sign-in has shown before that the account is theirs. */
  isSignedIn: boolean
  /** Whether anything is enrolled that is asked for beside the mailbox. */
  hasSecondFactor: boolean
}

/**
 * For the first time the mailbox of an address is proved that an upstream had vouched for. An upstream can be wrong about whose an address
 * is, or its administrator can lie: then somebody made this account in advance for the person who comes now, and waits in it with a way
 * in of their own ("pre-hijacking": unexpired session, trojan identifier). So what was there before the proof goes: accounts elsewhere,
 * other addresses, one that is about to be added, sessions and what apps got by them, a deletion that was asked for, the browsers that are
 * known. All addresses are told before they are taken away.
 *
 * Two kinds of people lose nothing by it, because what they show says that they are who had the account. Those who are in a browser
 * in which somebody signed in to it before, or does so just now: who made the account in advance has another one. And those who have a second factor, for
 * which they are asked now: it stays, since a mailbox alone must never get around it, and where it is not theirs they don't get in,
 * so nothing of theirs comes into foreign hands. Whose account was just made in advance has to be settled by an operator then.
 */
export function createFirstMailboxProof({
  notices,
  endSessions,
  nameService,
}: {
  notices: Notices
  endSessions: EndSessions
  nameService(connection: string): string | undefined
}) {
  async function removeAllElse(context: MethodContext, { user, address, browserHash }: FirstMailboxProof): Promise<void> {
    const { repositories, facts } = context
    const { accounts, upstreamIdentities, knownBrowsers } = repositories
    const circumstances: Circumstances = { ...context.circumstances, actor: { kind: 'user', userId: user.id } }
    await accounts.lock(user.id)
    const [addresses, identities] = [await accounts.listAddresses(user.id), await upstreamIdentities.listForUser(user.id)]
    const count = await endSessions(repositories, user.id, browserHash, circumstances)
    const others = addresses.filter(each => each.address !== address)
    // As long as all addresses are there: whoever reads them is told, too.
    await notices.notify(repositories, user, { kind: 'sessions-ended', count }, facts)
    for (const { connection } of identities)
      await notices.notify(
        repositories,
        user,
        { kind: 'service-unlinked', service: nameService(connection) ?? connection },
        facts,
      )
    for (const other of others)
      await notices.notify(repositories, user, { kind: 'address-removed', address: other.address }, facts)
    for (const { id, connection, issuer, subject, address: there } of identities) {
      await upstreamIdentities.delete(user.id, id)
      const before = { connection, issuer, subject, address: there ?? null }
      await recordEvent(
        repositories,
        { action: 'upstream-identity.unlinked', userId: user.id, identity_id: id, before },
        circumstances,
      )
    }
    const proved = addresses.find(each => each.address === address)
    if (proved !== undefined && !proved.primary) await accounts.makePrimary(user.id, proved.id)
    for (const { id, address: other } of others) {
      await accounts.removeAddress(user.id, id)
      await recordEvent(
        repositories,
        { action: 'address.removed', userId: user.id, address_id: id, before: { address: other } },
        circumstances,
      )
    }
    await accounts.deleteAddressClaim(user.id)
    await knownBrowsers.forgetOthers(user.id, browserHash)
    await cancelErasure(repositories, user, circumstances)
  }

  /** Takes note of the proof, in the caller's transaction. */
  return async function confirm(context: MethodContext, proof: FirstMailboxProof): Promise<void> {
    const { repositories, circumstances } = context
    const { user, address, browserHash, isSignedIn, hasSecondFactor } = proof
    // It will be proved again, by whoever gets past the factor or has taken it away themselves.
    if (hasSecondFactor) return
    if (!(await repositories.users.confirmAddress(user.id, address))) return
    const isKnownHere = isSignedIn || (await repositories.knownBrowsers.find(user.id, browserHash)) !== undefined
    await recordEvent(
      repositories,
      { action: 'address.confirmed', userId: user.id, after: { address } },
      { ...circumstances, actor: { kind: 'user', userId: user.id } },
    )
    if (!isKnownHere) await removeAllElse(context, proof)
  }
}
