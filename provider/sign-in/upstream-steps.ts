import type { PageContext } from '../../views/page-context.ts'
import { renderLinkAccount } from '../../views/sign-in/link-account.tsx'
import { renderProveAddress } from '../../views/sign-in/prove-address.tsx'
import type { Clock } from '../kernel/clock.ts'
import type { Next } from '../policy/gate.ts'
import type { Data } from '../ports/data.ts'
import type { AttemptRecord } from '../ports/records.ts'
import type { StepNotice } from './method.ts'
import { findPending } from './pending-upstream.ts'
import type { UpstreamPeople } from './upstream-people.ts'

export type UpstreamSteps = ReturnType<typeof createUpstreamSteps>

/**
 * The steps of who comes from elsewhere and is nobody here yet: to prove a mailbox, and at the end to say whether the two are to be
 * linked.
 */
export function createUpstreamSteps({ data, people, clock }: { data: Data; people: UpstreamPeople; clock: Clock }) {
  return {
    /** The page of such a step; undefined where the sign-in is at another. */
    async show(
      attempt: AttemptRecord,
      decision: Next['kind'],
      page: PageContext,
      { home, begin }: { home: string; begin: string },
      notice: StepNotice = {},
    ): Promise<string | undefined> {
      const pending = findPending(attempt, clock())
      const service = pending === undefined ? undefined : people.nameService(pending.method)
      if (pending === undefined || service === undefined) return undefined
      const { userId } = attempt
      if (userId === undefined) {
        const address = notice.form?.['address'] ?? attempt.address
        const { problem } = notice
        return renderProveAddress(page, {
          service,
          form: { action: begin },
          otherWay: { action: `${home}/change` },
          ...(address === undefined ? {} : { address }),
          ...(problem === 'field-needed' || problem === 'address-unusable' ? { problem } : {}),
        })
      }
      if (decision !== 'satisfied') return undefined
      const user = await data.read({ kind: 'system', reason: 'sign-in' }, ({ users }) => users.findById(userId))
      const there = pending.subject.address?.value
      return renderLinkAccount(page, {
        service,
        address: user?.address ?? '',
        ...(there === undefined ? {} : { addressThere: there }),
        yes: { action: `${home}/link`, fields: { answer: 'yes' } },
        no: { action: `${home}/link`, fields: { answer: 'no' } },
      })
    },
  }
}
