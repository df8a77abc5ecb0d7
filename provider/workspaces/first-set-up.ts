import { recordEvent, withoutRequest, type Circumstances } from '../audit/record.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { Data } from '../ports/data.ts'
import type { Repositories } from '../ports/repositories.ts'
import { foundWorkspace, slugFor } from './founding.ts'

/** The page that the link of the first set-up leads to. */
export const setUpPath = '/set-up'

const mode = { kind: 'system', reason: 'start' } as const

/**
 * The link by which whoever started this installation founds its first workspace and becomes its Admin; undefined where there is or was a
 * workspace, however it was made: set-up never opens again. People who have signed in, and the workspaces that each has for themselves,
 * leave it open, since nobody is Admin of anything by that.
 *
 * It is the same for every process and at every start, so that of several none spoils the link that another has printed, and it is kept
 * only as a hash. It is a secret: for the terminal of whoever starts the server, never for a log.
 */
export async function findSetUpLink(
  data: Data,
  { issuer, clock }: { issuer: string; clock: Clock },
): Promise<string | undefined> {
  const opened = await data.scoped(mode, async repositories => {
    const found = await repositories.firstSetUp.open(clock())
    if (found?.isFirst === true) await recordEvent(repositories, { action: 'set-up.opened' }, withoutRequest(openedBy, clock))
    return found
  })
  return opened && `${issuer}${setUpPath}/${opened.token}`
}

const openedBy = { kind: 'system', reason: 'start' } as const

/**
 * Founds the first workspace, with this user as its Admin, in the caller's transaction, in a system scope; answers its slug. Rejects with
 * AppError `set-up-over` where somebody was faster; whoever sends the form twice is led where the first one led.
 */
export async function foundFirstWorkspace(
  repositories: Repositories,
  { token, userId, name, slug = slugFor(name) }: { token: string; userId: string; name: string; slug: string | undefined },
  circumstances: Circumstances,
): Promise<string> {
  const tokenHash = hashSecret(token)
  if (!(await repositories.firstSetUp.use(tokenHash, circumstances.clock()))) {
    const founded = await findOwnFounded(repositories, tokenHash, userId)
    if (founded === undefined) throw new AppError('set-up-over')
    return founded
  }
  const founding = { name, userId, ...(slug === undefined ? {} : { slug }) }
  const founded = await foundWorkspace(repositories, founding, circumstances)
  await recordEvent(repositories, { action: 'set-up.used', userId, workspaceId: founded.id }, circumstances)
  return founded.slug
}

async function findOwnFounded({ firstSetUp, workspaces }: Repositories, tokenHash: Buffer, userId: string) {
  const founded = await firstSetUp.findFounded(tokenHash)
  return (await workspaces.listMembershipFacts(userId)).find(({ workspaceId }) => workspaceId === founded)?.slug
}
