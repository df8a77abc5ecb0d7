import { withoutRequest } from '../../provider/audit/record.ts'
import { foundWorkspace } from '../../provider/workspaces/founding.ts'
import type { Agent } from './agent.ts'
import { type Visitor, visitAccount } from './account.ts'
import type { RunningLatchkey } from './latchkey.ts'

const asFounder = { kind: 'system', reason: 'founding' } as const

/** A workspace with people in it, each in a browser of their own and just signed in. */
export interface FoundedWorkspace {
  id: string
  slug: string
  name: string
  /** Where its pages are. */
  path: string
}

export interface Colleague extends Visitor {
  agent: Agent
  userId: string
}

let founded = 0

/** Somebody who has an account, and a browser in which they are signed in to it. */
export async function visitAsColleague(latchkey: RunningLatchkey): Promise<Colleague> {
  const visitor = await visitAccount(latchkey)
  const user = await latchkey.adapters.data.read(asFounder, ({ users }) => users.findByAddress(visitor.address))
  if (user === undefined) throw new Error('nobody has the address')
  return { ...visitor, userId: user.id }
}

export async function foundWith(
  latchkey: RunningLatchkey,
  members: ReadonlyArray<readonly [person: Pick<Colleague, 'userId'>, ...roles: string[]]>,
  { plan = 'pro' }: { plan?: string } = {},
): Promise<FoundedWorkspace> {
  founded += 1
  const name = `Meadow ${founded}`
  const circumstances = withoutRequest({ kind: 'system', reason: 'founding' }, latchkey.clock.now)
  const { id, slug } = await latchkey.adapters.data.scoped(asFounder, async repositories => {
    const made = await foundWorkspace(repositories, { name, plan, userId: undefined }, circumstances)
    for (const [{ userId }, ...roles] of members)
      await repositories.workspaces.addMember({ workspaceId: made.id, userId, roles, createdAt: latchkey.clock.now() })
    return made
  })
  return { id, slug, name, path: `/admin/${slug}` }
}

/** The hidden fields of the form on a page that posts there, such as the version that it was made from. */
export function hiddenIn({ body }: { body: string }, action: string): Record<string, string> {
  const form = body.split('<form').find(each => each.includes(` action="${action}"`)) ?? ''
  return Object.fromEntries(
    [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  )
}
