import ipaddr from 'ipaddr.js'
import { renderMailboxList } from '../../views/mailbox/list.tsx'
import { renderMailboxMail } from '../../views/mailbox/mail.tsx'
import { z } from 'zod'
import type { Context } from '../http/context.ts'
import type { Limit } from '../http/limits.ts'
import type { Pages } from '../http/pages.ts'
import { type Route, route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import type { Mailbox } from '../ports/mailer.ts'

const limits: Limit[] = [{ name: 'mailbox', by: 'address', points: 600, windowSeconds: 60 }]
const params = z.object({ id: z.string().max(100) })

/** A mail is somebody else's HTML as far as a page of ours is concerned: no script, no form, links in a tab of their own. */
const mailPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"

/** The mailbox of an installation on one's own machine. Whoever reads it can sign in as anybody, so it answers that machine alone. */
export function mailboxRoutes({ mailbox, pages }: { mailbox: Mailbox; pages: Pages }): Route[] {
  const find = async (ctx: Context, id: string) => {
    assertThisMachine(ctx)
    const found = await mailbox.find(id)
    if (found === undefined) throw new AppError('not-found')
    return found
  }
  return [
    route({
      method: 'GET',
      path: '/mailbox',
      access: 'public',
      mode: 'no-data',
      limits,
      async handler({ ctx, facts }) {
        assertThisMachine(ctx)
        const mails = (await mailbox.list()).map(mail => ({ ...mail, href: `/mailbox/${mail.id}` }))
        return { kind: 'page', html: renderMailboxList(pages.context({ locale: facts.locale, path: '/mailbox' }), { mails }) }
      },
    }),
    route({
      method: 'GET',
      path: '/mailbox/:id',
      access: 'public',
      mode: 'no-data',
      limits,
      params,
      async handler({ params: { id }, ctx, facts }) {
        const { message, receivedAt } = await find(ctx, id)
        return {
          kind: 'page',
          html: renderMailboxMail(pages.context({ locale: facts.locale, path: `/mailbox/${id}` }), {
            mail: { to: message.to.address, subject: message.subject, receivedAt, text: message.text },
            htmlHref: `/mailbox/${id}/html`,
            listHref: '/mailbox',
          }),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/mailbox/:id/html',
      access: 'public',
      mode: 'no-data',
      limits,
      params,
      async handler({ params: { id }, ctx }) {
        const { message } = await find(ctx, id)
        ctx.set('Content-Security-Policy', mailPolicy)
        ctx.set('X-Frame-Options', 'SAMEORIGIN')
        return { kind: 'page', html: message.html }
      },
    }),
  ]
}

function assertThisMachine(ctx: Context): void {
  // Behind a proxy of one's own, both: who is connected, and who that one says the client is.
  const addresses = [ctx.req.socket.remoteAddress ?? '', ctx.state.facts.ip]
  if (!addresses.every(address => ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'))
    throw new AppError('not-found')
}
