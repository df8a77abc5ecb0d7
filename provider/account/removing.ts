import { z } from 'zod'
import { accountHref, type AccountOutcome, type AccountSection } from '../../views/account/account-page.tsx'
import { type Question, renderAccountConfirm } from '../../views/account/confirm.tsx'
import type { AuditEvent } from '../audit/catalogue.ts'
import { type Circumstances, recordEvent } from '../audit/record.ts'
import { html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { Notice } from '../users/notices.ts'
import { goOn } from './outcome.ts'
import type { AccountParts } from './surroundings.ts'

const params = z.object({ id: z.string() })

/** Something that leads into an account, as its person, the audit log and the notice call it when it is taken away. */
export interface Removal {
  subject: string
  event: AuditEvent
  notice: Notice
}

/** What is the same of all that can be taken away in one place. */
export interface Removable {
  /** Of the page that asks, with `:id`. */
  path: string
  section: Extract<AccountSection, 'addresses' | 'ways-in'>
  question: Question
  outcome: AccountOutcome
  /** Undefined where there is none like that, or it is somebody else's. */
  find(repositories: Repositories, userId: string, id: string): Promise<Removal | undefined>
  /** What the person has to know before they say yes. */
  warn?(repositories: Repositories, userId: string): Promise<'last-factor' | undefined>
  /** False where it is not theirs to remove. */
  remove(repositories: Repositories, userId: string, id: string): Promise<boolean>
  /** Removes what is of no use without it. */
  tidy?(repositories: Repositories, userId: string, circumstances: Circumstances): Promise<void>
}

/**
 * Takes something out of an account, for who has just signed in at its highest level: asks once more, and does it. What it proved
 * elsewhere goes with it.
 */
export function removalRoutes({ accountRoute, data, notices }: AccountParts, removable: Removable): Route[] {
  const { path, section, question, outcome } = removable
  const back = accountHref(section)

  async function find(repositories: Repositories, userId: string, id: string): Promise<Removal> {
    const found = await removable.find(repositories, userId, id)
    if (found === undefined) throw new AppError('not-found')
    return found
  }

  return [
    accountRoute({
      method: 'GET',
      path,
      params,
      changesFactors: true,
      async handler({ mode, user, page, params: { id } }) {
        const { subject, warning } = await data.read(mode, async repositories => ({
          subject: (await find(repositories, user.id, id)).subject,
          warning: await removable.warn?.(repositories, user.id),
        }))
        const form = { action: path.replace(':id', id) }
        return html(renderAccountConfirm(page, { section, question, subject, form, ...(warning && { warning }) }))
      },
    }),
    accountRoute({
      method: 'POST',
      path,
      params,
      comeBackTo: back,
      changesFactors: true,
      async handler({ ctx, mode, user, facts, browser, circumstances, params: { id } }) {
        await data.scoped(mode, async repositories => {
          // Of two who remove the last two at once, one waits, and sees that what is left is the last.
          await repositories.accounts.lock(user.id)
          const { event, notice } = await find(repositories, user.id, id)
          // Whoever has it may have used it for a sign-in that waits somewhere.
          await repositories.accounts.voidProofs(user.id, circumstances.clock(), browser)
          // As long as it is there: whoever reads an address that goes away is told, too.
          await notices.notify(repositories, user, notice, facts)
          if (!(await removable.remove(repositories, user.id, id))) throw new AppError('not-found')
          await recordEvent(repositories, event, circumstances)
          await removable.tidy?.(repositories, user.id, circumstances)
        })
        return goOn(ctx, back, outcome)
      },
    }),
  ]
}
