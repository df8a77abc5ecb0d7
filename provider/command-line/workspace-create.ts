import type { Settings } from '../../config/schema.ts'
import { tidyName } from '../../views/text.ts'
import type { Locale } from '../../views/page-context.ts'
import { withoutRequest } from '../audit/record.ts'
import { AppError } from '../kernel/errors.ts'
import { show } from '../kernel/wording.ts'
import { normaliseAddress } from '../sign-in/address.ts'
import { foundWorkspace, longestSlug, slugPattern } from '../workspaces/founding.ts'
import { createInvitations } from '../workspaces/invitations.ts'
import { permissions } from '../kernel/permissions.ts'
import { commandActor, commandMode } from './command-mode.ts'
import type { ExitCode, Surroundings } from './surroundings.ts'
import { renderMoment } from './table.ts'
import { withData } from './with-data.ts'

export interface WorkspaceRequest {
  name: string
  admin: string
  slug?: string
  language: Locale
  json?: true
}

const longestName = 100

/** Founds a workspace that has nobody in it yet, and invites its first Admin: by mail, or where none can be sent by a link to hand on. */
export function createWorkspace(surroundings: Surroundings, request: WorkspaceRequest): Promise<ExitCode> {
  return withData(surroundings, async ({ data, settings }) => {
    const { name, slug, address } = readRequest(request)
    const { clock } = surroundings
    const circumstances = withoutRequest(commandActor, clock)
    const { issuer, installationName, invitationSeconds: lifetimeSeconds } = settings
    const invitations = createInvitations({ issuer, installationName, lifetimeSeconds })
    const made = await data
      .scoped(commandMode, async repositories => {
        const workspace = await foundWorkspace(
          repositories,
          { name, ...(slug === undefined ? {} : { slug }), userId: undefined },
          circumstances,
        )
        // Whoever founds it has all that there is to give.
        const authority = { workspaceId: workspace.id, actor: commandActor, permissions: new Set(permissions), ofApps: [] }
        const invited = { address, roles: ['admin'] }
        const byMail = { ...invited, locale: request.language, inviter: undefined }
        if (settings.smtpUrl === undefined)
          return { ...workspace, ...(await invitations.inviteByLink(repositories, authority, invited, circumstances)) }
        await invitations.invite(repositories, authority, byMail, circumstances)
        return { ...workspace, link: undefined }
      })
      .catch((error: unknown) => {
        throw error instanceof AppError && error.code === 'conflict' ? explainTaken(slug) : error
      })
    const { id, link } = made
    if (request.json) surroundings.print(JSON.stringify({ id, slug: made.slug, name, invitation_link: link }, undefined, 2))
    else surroundings.print(describe({ name, slug: made.slug, address, link }, settings, clock()))
    return 0
  })
}

function readRequest({ name: given, slug, admin }: WorkspaceRequest): { name: string; slug?: string; address: string } {
  const refuse = (detail: string) => new AppError('bad-request', { detail })
  const name = tidyName(given).trim()
  if (name === '' || name.length > longestName)
    throw refuse(`--name: expected a name of 1 to ${longestName} characters, was given ${show(given)}.`)
  const address = normaliseAddress(admin)
  if (address === undefined)
    throw refuse(`--admin: expected an e-mail address such as ada@example.com, was given ${show(admin)}.`)
  if (slug === undefined) return { name, address }
  if (!slugPattern.test(slug) || slug.length > longestSlug)
    throw refuse(
      `--slug: expected up to ${longestSlug} lower-case letters, digits and single hyphens between them, such as acme, was given ${show(slug)}.`,
    )
  return { name, slug, address }
}

function explainTaken(slug: string | undefined): AppError {
  const detail =
    slug === undefined
      ? 'Another workspace was made under the same slug at this very moment. Run the command again.'
      : `There is a workspace with the slug ${slug} already. Choose another --slug; "latchkey workspace list" prints those that are taken.`
  return new AppError('conflict', { detail })
}

function describe(
  { name, slug, address, link }: { name: string; slug: string; address: string; link: string | undefined },
  { databaseUrl, invitationSeconds }: Settings,
  now: Date,
): string {
  const until = renderMoment(new Date(now.getTime() + invitationSeconds * 1000))
  const lines = [`The workspace ${name} is founded. Its slug is ${slug}.`, '']
  if (link !== undefined) {
    lines.push(
      `No mail server is set (SMTP_URL), so send this link to ${address} yourself. It works once, for that address, until ${until}:`,
      '',
      `  ${link}`,
    )
  } else {
    const sender = databaseUrl === undefined ? 'goes out when the server is started' : 'goes out as soon as a server runs'
    lines.push(`An invitation to be its Admin ${sender}, to ${address}. It can be accepted until ${until}.`)
  }
  return lines.join('\n')
}
