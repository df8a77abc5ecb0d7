import { type Circumstances, recordEvent } from '../audit/record.ts'
import type { Connection } from '../connections/connection.ts'
import type { RequestFacts } from '../http/context.ts'
import { newId } from '../kernel/ids.ts'
import type { Subject } from '../policy/proof.ts'
import type { AttemptRecord, UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { Notices } from '../users/notices.ts'
import { normaliseAddress } from './address.ts'
import type { MethodContext } from './method.ts'
import type { SignUp } from './sign-up.ts'

export type UpstreamSubject = Extract<Subject, { kind: 'upstream' }>

export type Arrival =
  | { kind: 'known'; user: UserRecord }
  | { kind: 'newcomer'; user: UserRecord }
  /** Something that never changes there did: it is not the account that was linked. */
  | { kind: 'changed'; userId: string }
  /** Nobody's yet; `address` is what may be proved to make it somebody's. */
  | { kind: 'stranger'; address: string | undefined }

export type UpstreamPeople = ReturnType<typeof createUpstreamPeople>

/**
 * Whose an account elsewhere is. By connection, issuer and subject, and by nothing else: an address that is the same makes nobody the
 * same person (nOAuth; pre-hijacking). It becomes somebody's where it makes the account, or by an act of the person who has it.
 */
export function createUpstreamPeople({
  connections,
  notices,
  signingUp,
}: {
  connections: readonly Connection[]
  notices: Notices
  signingUp: SignUp
}) {
  const nameService = (id: string) => connections.find(connection => connection.id === id)?.label

  /** Makes it lead into an account, and tells the person. Rejects with AppError `conflict` where it leads into one already. */
  async function link(
    repositories: Repositories,
    user: UserRecord,
    { connection, issuer, subject, address, pinned }: UpstreamSubject,
    { facts, circumstances }: { facts: RequestFacts; circumstances: Circumstances },
  ): Promise<void> {
    const id = newId()
    const now = circumstances.clock()
    const value = address === undefined ? undefined : normaliseAddress(address.value)
    await repositories.upstreamIdentities.create({
      id,
      userId: user.id,
      connection,
      issuer,
      subject,
      address: value,
      pinned: { ...pinned },
      createdAt: now,
      lastUsedAt: now,
    })
    await recordEvent(
      repositories,
      {
        action: 'upstream-identity.linked',
        userId: user.id,
        identity_id: id,
        after: { connection, issuer, subject, address: value ?? null },
      },
      { ...circumstances, actor: { kind: 'user', userId: user.id } },
    )
    await notices.notify(repositories, user, { kind: 'service-linked', service: nameService(connection) ?? connection }, facts)
  }

  return {
    nameService,
    link,

    async receive(context: MethodContext, { locale }: AttemptRecord, subject: UpstreamSubject): Promise<Arrival> {
      const { repositories, circumstances } = context
      const identity = await repositories.upstreamIdentities.find(subject.connection, subject.issuer, subject.subject)
      const address = subject.address === undefined ? undefined : normaliseAddress(subject.address.value)
      if (identity !== undefined) {
        if (!isSame(identity.pinned, subject.pinned)) return { kind: 'changed', userId: identity.userId }
        const user = await repositories.users.findById(identity.userId)
        if (user === undefined) return { kind: 'stranger', address }
        const use = { address, usedAt: circumstances.clock() }
        await repositories.upstreamIdentities.recordUse(user.id, identity.id, use)
        return { kind: 'known', user }
      }
      const isVouched = subject.address?.vouched === true && address !== undefined
      if (!isVouched || (await repositories.users.findByAddress(address)) !== undefined) return { kind: 'stranger', address }
      if (!(await signingUp.isAllowed(repositories, address, circumstances.clock()))) return { kind: 'stranger', address }
      const user = await signingUp.signUp(repositories, { address, locale, vouchedBy: subject.connection }, circumstances)
      await link(repositories, user, subject, context)
      return { kind: 'newcomer', user }
    },
  }
}

function isSame(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].every(name => one[name] === other[name])
}
