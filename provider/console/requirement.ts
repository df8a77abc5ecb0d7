import { z } from 'zod'
import { consoleHref } from '../../views/console/console-page.tsx'
import { renderConsoleRequirement, renderRequirementReview } from '../../views/console/requirement.tsx'
import { recordEvent } from '../audit/record.ts'
import { type Answer, html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { secondsAfter } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { WorkspaceRequirement } from '../ports/workspace-records.ts'
import { changeRequirement } from '../workspaces/workspace.ts'
import type { ConsoleInput } from './console-route.ts'
import { readPage } from './cursor.ts'
import { goOn } from './outcome.ts'
import type { ConsoleParts } from './surroundings.ts'
import { readVersion, wasFaster } from './versions.ts'

const path = '/requirement'
const levels = ['none', 'any-second-factor', 'phishing-resistant'] as const satisfies ReadonlyArray<WorkspaceRequirement['level']>
const params = z.object({ level: z.enum(levels) })
/** Long enough for everybody to set something up, short enough to be remembered. */
const usualGraceSeconds = 14 * 86_400

/** What everybody needs who signs in for a workspace: whom it reaches is shown before it is required. */
export function requirementRoutes({ consoleRoute, data, clock, entitlements }: ConsoleParts): Route[] {
  async function review(
    input: ConsoleInput<z.infer<typeof params>>,
    { typed, stale = false }: { typed?: string; stale?: boolean } = {},
  ): Promise<Answer> {
    const {
      ctx,
      mode,
      authority,
      params: { level },
      page,
      where,
      circumstances,
    } = input
    const { workspaceId } = authority
    const mayList = authority.permissions.has('members.read')
    const shown = await data.scoped(mode, async repositories => {
      const workspace = await repositories.workspaces.findById(workspaceId)
      if (workspace === undefined) throw new AppError('not-found')
      if (level === 'none') return { workspace, lacking: 0, people: undefined }
      const lacking = await repositories.members.countLacking(workspaceId, level)
      if (!mayList) return { workspace, lacking, people: undefined }
      const people = await readPage(
        ctx.query['after'],
        request => repositories.members.listLacking(workspaceId, level, request),
        ({ joinedAt, userId }) => ({ moment: joinedAt, id: userId }),
      )
      const list = { action: 'members.viewed', workspaceId, list: `lacking ${level}`, shown: String(people.rows.length) } as const
      if (people.rows.length > 0) await recordEvent(repositories, list, circumstances)
      return { workspace, lacking, people }
    })
    const { workspace, lacking, people } = shown
    const { requirement, version } = workspace
    const isCurrent = requirement.level === level
    const from = isCurrent ? requirement.from : lacking === 0 ? undefined : secondsAfter(clock(), usualGraceSeconds)
    const here = consoleHref(where.slug, `${path}/${level}`)
    const text = renderRequirementReview(page, where, {
      level,
      form: { action: here, fields: { version: String(version) } },
      lacking,
      people: (people?.rows ?? []).map(({ name, address, userId, joinedAt }) => ({
        name,
        address,
        joinedAt,
        href: consoleHref(where.slug, `/members/${userId}`),
      })),
      paging: {
        nextHref: people?.next && `${here}?after=${people.next}`,
        firstHref: people === undefined || people.isFirst ? undefined : here,
      },
      from: typed ?? from?.toISOString().slice(0, 10) ?? '',
      problem: typed === undefined ? undefined : 'day',
      stale,
      backHref: consoleHref(where.slug, path),
    })
    return html(text, stale ? 412 : typed === undefined ? 200 : 400)
  }

  return [
    consoleRoute({
      method: 'GET',
      path,
      section: 'overview',
      permission: 'workspace.update',
      async handler({ mode, workspace, page, where }) {
        const { id } = workspace
        const { codes, passkeys } = await data.read(mode, async ({ members }) => ({
          codes: await members.countLacking(id, 'any-second-factor'),
          passkeys: await members.countLacking(id, 'phishing-resistant'),
        }))
        const lacking = { none: 0, 'any-second-factor': codes, 'phishing-resistant': passkeys }
        return html(
          renderConsoleRequirement(page, where, {
            levels: levels.map(level => ({
              level,
              lacking: lacking[level],
              current: workspace.requirement.level === level,
              href: consoleHref(where.slug, `${path}/${level}`),
            })),
          }),
        )
      },
    }),
    consoleRoute({
      method: 'GET',
      path: `${path}/:level`,
      params,
      section: 'overview',
      permission: 'workspace.update',
      fresh: true,
      handler: input => review(input),
    }),
    consoleRoute({
      method: 'POST',
      path: `${path}/:level`,
      params,
      section: 'overview',
      permission: 'workspace.update',
      fresh: true,
      async handler(input) {
        const {
          ctx,
          form,
          params: { level },
          where,
          workspace,
          circumstances,
        } = input
        const version = readVersion(form)
        const typed = (form['from'] ?? '').trim()
        const from = level === 'none' ? undefined : readDay(typed)
        if (from === 'none such') return review(input, { typed })
        const requirement = { level, from, authenticators: level === 'none' ? undefined : workspace.requirement.authenticators }
        const isStale = await wasFaster(
          input.change((repositories, authority) =>
            changeRequirement(repositories, authority, { requirement, version }, { circumstances, entitlements }),
          ),
        )
        return isStale ? review(input, { stale: true }) : goOn(ctx, consoleHref(where.slug, ''), 'requirement-changed')
      },
    }),
  ]
}

/** The beginning of a day, in UTC; undefined where none was typed: at once. */
function readDay(typed: string): Date | undefined | 'none such' {
  if (typed === '') return undefined
  const day = /^[2-9]\d{3}-\d\d-\d\d$/.test(typed) ? new Date(`${typed}T00:00:00.000Z`) : undefined
  return day === undefined || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(typed) ? 'none such' : day
}
