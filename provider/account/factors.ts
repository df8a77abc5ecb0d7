import { z } from 'zod'
import type { Question } from '../../views/account/confirm.tsx'
import { renderAccountRename, type RenameProps } from '../../views/account/rename.tsx'
import type { AuditEvent } from '../audit/catalogue.ts'
import { type Circumstances, recordEvent } from '../audit/record.ts'
import { html } from '../http/answer.ts'
import { spendLimit } from '../http/limits.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import type { RateLimit } from '../ports/rate-limiter.ts'
import type { Repositories } from '../ports/repositories.ts'
import { countLosable } from '../recovery-codes/recovery-codes.ts'
import type { Notice } from '../users/notices.ts'
import { describePasskey } from '../sign-in/passkey.ts'
import { readMailedName } from '../users/names.ts'
import { goOn } from './outcome.ts'
import { type Removable, type Removal, removalRoutes } from './removing.ts'
import type { AccountParts } from './surroundings.ts'
import { waysInPath } from './ways-in.ts'

const params = z.object({ id: z.string() })
const longestName = 60
/** Each is told by mail to every address. */
const renamings: RateLimit = { name: 'factor-renamings', points: 10, windowSeconds: 3600 }

/** A factor of a person's, to be renamed or removed. */
interface OwnFactor {
  name: string
  renamed(name: string): { event: AuditEvent; notice: Notice }
  removed: Removal
}

/** What is the same of every kind of factor that has a name. */
interface NamedKind {
  /** In the paths of its pages. */
  segment: string
  question: Question
  find(repositories: Repositories, userId: string, id: string): Promise<OwnFactor | undefined>
  rename(repositories: Repositories, userId: string, id: string, name: string): Promise<boolean>
  remove(repositories: Repositories, userId: string, id: string): Promise<boolean>
}

const passkeys: NamedKind = {
  segment: 'passkeys',
  question: 'remove-passkey',
  async find(repositories, userId, id) {
    const passkey = (await repositories.passkeys.listForUser(userId)).find(each => each.id === id)
    const about = { userId, passkey_id: id }
    return (
      passkey && {
        name: passkey.name,
        renamed: name => ({
          event: { action: 'passkey.renamed', ...about, before: { name: passkey.name }, after: { name } },
          notice: { kind: 'passkey-renamed', name, nameBefore: passkey.name },
        }),
        removed: {
          subject: passkey.name,
          event: { action: 'passkey.removed', ...about, before: describePasskey(passkey) },
          notice: { kind: 'passkey-removed', name: passkey.name },
        },
      }
    )
  },
  rename: (repositories, userId, id, name) => repositories.passkeys.rename(userId, id, name),
  remove: (repositories, userId, id) => repositories.passkeys.delete(userId, id),
}

const authenticatorApps: NamedKind = {
  segment: 'apps',
  question: 'remove-totp',
  async find(repositories, userId, id) {
    const device = (await repositories.totpDevices.listForUser(userId)).find(each => each.id === id)
    const about = { userId, device_id: id }
    return (
      device && {
        name: device.name,
        renamed: name => ({
          event: { action: 'totp-device.renamed', ...about, before: { name: device.name }, after: { name } },
          notice: { kind: 'authenticator-renamed', name, nameBefore: device.name },
        }),
        removed: {
          subject: device.name,
          event: { action: 'totp-device.removed', ...about, before: { name: device.name } },
          notice: { kind: 'authenticator-removed', name: device.name },
        },
      }
    )
  },
  rename: (repositories, userId, id, name) => repositories.totpDevices.rename(userId, id, name),
  remove: (repositories, userId, id) => repositories.totpDevices.delete(userId, id),
}

/** Renaming and removing passkeys and authenticator apps. */
export function factorRoutes(parts: AccountParts): Route[] {
  return [passkeys, authenticatorApps].flatMap(kind => [
    ...renamingRoutes(parts, kind),
    ...removalRoutes(parts, describeRemoval(kind)),
  ])
}

function renamingRoutes({ accountRoute, data, notices, rateLimiter }: AccountParts, kind: NamedKind): Route[] {
  const path = `${waysInPath}/${kind.segment}/:id/rename`
  const formFor = (id: string) => ({ action: path.replace(':id', id) })
  return [
    accountRoute({
      method: 'GET',
      path,
      params,
      changesFactors: true,
      async handler({ mode, user, page, params: { id } }) {
        const factor = await data.read(mode, repositories => kind.find(repositories, user.id, id))
        if (factor === undefined) throw new AppError('not-found')
        return html(renderAccountRename(page, { form: formFor(id), name: factor.name }))
      },
    }),
    accountRoute({
      method: 'POST',
      path,
      params,
      comeBackTo: waysInPath,
      changesFactors: true,
      async handler({ ctx, mode, user, form, facts, page, circumstances, params: { id } }) {
        const read = readMailedName(form['name'], longestName)
        const problem = problemOf(read)
        if (problem === undefined) await spendLimit(rateLimiter, renamings, user.id)
        await data.scoped(mode, async repositories => {
          const factor = await kind.find(repositories, user.id, id)
          if (factor === undefined) throw new AppError('not-found')
          if (read.kind !== 'name' || problem !== undefined || read.name === factor.name) return
          if (!(await kind.rename(repositories, user.id, id, read.name))) throw new AppError('not-found')
          const { event, notice } = factor.renamed(read.name)
          await recordEvent(repositories, event, circumstances)
          await notices.notify(repositories, user, notice, facts)
        })
        if (problem === undefined) return goOn(ctx, waysInPath, 'renamed')
        return html(renderAccountRename(page, { form: formFor(id), name: form['name'] ?? '', problem }), 400)
      },
    }),
  ]
}

function problemOf({ kind }: ReturnType<typeof readMailedName>): RenameProps['problem'] {
  if (kind === 'name') return undefined
  return kind === 'empty' ? 'field-needed' : `name-${kind}`
}

/** What a passkey or an authenticator app leaves behind. */
function describeRemoval(kind: NamedKind): Removable {
  return {
    path: `${waysInPath}/${kind.segment}/:id/remove`,
    section: 'ways-in',
    question: kind.question,
    outcome: 'factor-removed',
    find: async (repositories, userId, id) => (await kind.find(repositories, userId, id))?.removed,
    warn: async ({ accounts }, userId) => (countLosable(await accounts.findFactors(userId)) === 1 ? 'last-factor' : undefined),
    remove: kind.remove,
    tidy: removeWhatStoodForFactors,
  }
}

/** What stands for nothing any more would be asked for at every sign-in: codes until they are used up, a pass for ever. */
async function removeWhatStoodForFactors(
  repositories: Repositories,
  userId: string,
  circumstances: Circumstances,
): Promise<void> {
  const factors = await repositories.accounts.findFactors(userId)
  if (countLosable(factors) > 0) return
  if (factors.accessPass) await repositories.accessPasses.delete(userId)
  if (factors.recoveryCodes === 0) return
  await repositories.recoveryCodes.deleteAll(userId)
  await recordEvent(repositories, { action: 'recovery-codes.removed', userId }, circumstances)
}
