import { type Notice, renderNoticeMail } from '../../views/emails/notice.tsx'
import { locales } from '../../views/page-context.ts'
import type { RequestFacts } from '../http/context.ts'
import type { Clock } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import type { UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { NoticeBudget, NoticeShare } from './notice-budget.ts'

export type { Notice } from '../../views/emails/notice.tsx'

/** Tells a person what happened to their account. */
export interface Notices {
  /**
   * Has a mail sent to each address of the person, in the caller's transaction: it goes out if and only if what it tells of was
   * done. An address that goes away is told by calling this before it does. `facts` are of the request that did it; undefined
   * where nobody asked for it. Of very many, the last mail says that there is more, and where: see notice-budget.ts.
   */
  notify(
    repositories: Pick<Repositories, 'accounts' | 'jobs'>,
    user: Pick<UserRecord, 'id' | 'locale'>,
    notice: Notice,
    facts: Pick<RequestFacts, 'device' | 'findPlace'> | undefined,
  ): Promise<void>
}

/** The page with which a person ends everything; it asks for a sign-in first. */
export const securePath = '/account/secure'

export function createNotices({
  budget,
  issuer,
  installationName,
  clock,
}: {
  budget: NoticeBudget
  issuer: string
  installationName: string
  clock: Clock
}): Notices {
  const { host: issuerHost, hostname } = new URL(issuer)
  return {
    async notify({ accounts, jobs }, user, notice, facts) {
      const locale = locales.find(each => each === user.locale) ?? 'en'
      const [share, addresses, place] = await Promise.all([
        budget.spend(user.id, notice.kind),
        accounts.listAddresses(user.id),
        facts?.findPlace(locale),
      ])
      const happened = { happenedAt: clock(), device: facts?.device ?? '', place, secureUrl: `${issuer}${securePath}` }
      const render = (told: Notice) => renderNoticeMail({ locale, issuerHost, installationName }, { notice: told, ...happened })
      await Promise.all(
        addresses.map(async ({ address }) => {
          const told = whatToTell(notice, share, address)
          if (told === undefined) return
          const message = { messageId: `${newId()}@${hostname}`, to: { name: '', address }, language: locale, ...render(told) }
          await jobs.enqueue('mail', { message })
        }),
      )
    },
  }
}

function whatToTell(notice: Notice, share: NoticeShare, address: string): Notice | undefined {
  // It gets no more mail after this one, and nobody who reads it can look into the account.
  const goesAway = notice.kind === 'address-removed' && notice.address === address
  if (share === 'whole' || goesAway) return notice
  return share === 'last' ? { kind: 'more-happened' } : undefined
}
