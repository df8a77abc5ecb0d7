/**
 * Every route of the table under foreign names: whoever names what is another tenant's, in the path, the query, the form or a header,
 * gets the answer that is given for what does not exist, and changes nothing.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { protections } from '../../adapters/sql/protection.ts'
import { openPostgres } from '../../adapters/sql/postgres.ts'
import type { SqlDatabase } from '../../adapters/sql/database.ts'
import type { Response } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { asJob } from '../support/records.ts'
import { browserApp, linkIn } from '../support/relying-party.ts'
import { beginSignIn } from '../support/sign-in.ts'
import { marksOf, plantTenant } from '../support/tenants.ts'
import { type Attacker, createAttackers, describeAnswer } from './attackers.ts'
import { describeForeignFields, describeForeignValues, listSecrets, type Victim } from './foreign-values.ts'

type Route = RunningLatchkey['routes'][number]

/** Where knowing the name is meant to be enough, or nobody is a stranger, and why. Even there nothing of the victim's is changed. */
const open: Readonly<Record<string, string>> = {
  '/link/:token': 'a link shows what to do with it to whoever has it, and signs in the browser that began alone',
  '/mailbox': 'the mailbox of a loopback installation is for whoever sits at the machine',
  '/mailbox/:id': 'the same',
  '/mailbox/:id/html': 'the same',
}

/** Where the asker's own state moves on with every request, so that no two answers are the same whatever they name. */
const movesOn: Readonly<Record<string, string>> = {
  '/account/addresses/add/confirm': 'it says how many tries are left',
  '/api/v1/users/me': 'it says of which workspaces the asker is a member',
  '/api/v1/users/me/export': "what is held about the asker grows by the asker's own requests",
  '/account/data/download': "what is held about the asker grows by the asker's own requests",
}

/** What a member may see and do of their own membership, whatever else they may not: it is their own, not another tenant's. */
const ofMembers: Readonly<Record<string, string>> = {
  '/account/workspaces': 'it lists the workspaces of which the asker is a member',
  '/admin/:slug/leave': 'whoever is a member may leave',
}

/** What the sequencer writes on its own time. */
const writtenMeanwhile = ['audit_chains', 'audit_links', 'audit_unsealed', 'audit_checkpoints']

let latchkey: RunningLatchkey
let database: SqlDatabase
let victim: Victim
let attackers: Attacker[]
beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp], environment: { TRUSTED_PROXIES: '1' } })
  database = openPostgres({ url: latchkey.databaseUrl ?? '', pooled: false, poolSize: 2 })
  const tenant = await plantTenant(latchkey.adapters.data)
  const begun = await beginSignIn(latchkey, { address: tenant.user.address })
  const linkToken = new URL(linkIn((await begun.nextMail()).text)).pathname.split('/').at(-1) ?? ''
  victim = { ...tenant, signInUid: begun.home.split('/').at(-1) ?? '', linkToken }
  attackers = await createAttackers(latchkey, victim)
})
afterAll(async () => {
  await database?.close()
  await latchkey?.stop()
})

/** Every row that names the victim, but for what the attackers have of their own there. */
async function readVictimsRows(): Promise<string[]> {
  const marks = [...marksOf(victim), victim.signInUid, victim.formerMember.id]
  const tables = Object.keys(protections).filter(table => !writtenMeanwhile.includes(table))
  return database.read(asJob, async scope => {
    const contents = await Promise.all(
      tables.map(async table => {
        const { rows } = await scope.query(`select row_to_json(t)::text as line from latchkey.${table} as t`)
        return rows.map(({ line }) => `${table} ${String(line)}`)
      }),
    )
    return contents
      .flat()
      .filter(line => marks.some(mark => line.includes(mark)))
      .filter(line => !attackers.some(({ userId }) => userId !== undefined && line.includes(userId)))
      .toSorted()
  })
}

/** A request of a route, with each of its names from `pick`. */
async function ask(
  route: Route,
  attacker: Attacker,
  params: Record<string, string>,
  fields: Record<string, string>,
): Promise<Response> {
  const path = route.path.replaceAll(/:([a-z]+)/gi, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const url = `${latchkey.issuer}${path}?${new URLSearchParams(fields)}`
  const headers = Object.fromEntries(Object.entries(fields).map(([name, value]) => [`x-${name.replaceAll('_', '-')}`, value]))
  if (route.access === 'bearer') return askAsProgram(route, attacker, { url: `${latchkey.issuer}${path}`, fields, headers })
  if (route.method === 'GET') return attacker.agent.get(url, headers)
  return attacker.agent.post(url, fields, headers)
}

/** The same by a token, without a query that such a route would not know. */
function askAsProgram(
  { method }: Route,
  { agent, token }: Attacker,
  { url, fields, headers }: { url: string; fields: Record<string, string>; headers: Record<string, string> },
): Promise<Response> {
  const body = method === 'GET' || method === 'DELETE' ? undefined : JSON.stringify(fields)
  return agent.send(url, {
    method,
    headers: {
      ...headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      'if-match': '*',
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    },
    ...(body === undefined ? {} : { body }),
  })
}

/** Each way to name what is the victim's in the path of a route; one with nothing in it where the path has no names. */
function listParams(path: string): Record<string, { theirs: string; nobodys: () => string }>[] {
  const known = describeForeignValues(victim)
  const names = [...path.matchAll(/:([a-z]+)/gi)].map(match => match[1] ?? '')
  for (const name of names) {
    if (known[name] === undefined)
      throw new Error(`nobody knows what to put for :${name} of ${path}: say it in foreign-values.ts`)
  }
  const longest = Math.max(1, ...names.map(name => known[name]?.length ?? 0))
  return Array.from({ length: longest }, (_, index) =>
    Object.fromEntries(
      names.flatMap(name => {
        const values = known[name] ?? []
        const value = values[index % values.length]
        return value === undefined ? [] : [[name, value]]
      }),
    ),
  )
}

describe('every route', () => {
  it('is one that these tests know how to call', () => {
    expect(latchkey.routes.length).toBeGreaterThan(80)
    for (const { path } of latchkey.routes) expect(() => listParams(path)).not.toThrow()
    const unknown = latchkey.routes.filter(
      ({ method, access }) => !(/^(GET|POST)$/.test(method) && /^(public|browser)$/.test(access)) && access !== 'bearer',
    )
    expect(unknown.map(({ method, path, access }) => `${method} ${path} (${access})`)).toEqual([])
    expect(
      [...Object.keys(open), ...Object.keys(movesOn), ...Object.keys(ofMembers)].filter(
        path => !latchkey.routes.some(route => route.path === path),
      ),
    ).toEqual([])
  })

  it('answers for what is another tenant’s as for what does not exist, and changes nothing of it', async () => {
    const fields = describeForeignFields(victim)
    const before = await readVictimsRows()
    expect(before.length).toBeGreaterThan(30)
    const problems: string[] = []

    /** With names that are the victim's, or nobody's; the answer with those names taken out. */
    async function attempt(
      route: Route,
      attacker: Attacker,
      params: ReturnType<typeof listParams>[number],
      whose: 'theirs' | 'nobodys',
    ) {
      const pick = (values: Readonly<Record<string, { theirs: string; nobodys: () => string }>>) =>
        Object.fromEntries(
          Object.entries(values).map(([name, value]) => [name, whose === 'theirs' ? value.theirs : value.nobodys()]),
        )
      const [named, inFields] = [pick(params), pick(fields)]
      const answer = await ask(route, attacker, named, inFields)
      return { answer, named, described: describeAnswer(answer, [...Object.values(named), ...Object.values(inFields)]) }
    }

    for (const route of latchkey.routes) {
      for (const attacker of attackers.filter(({ isMember }) => !(isMember && route.path in ofMembers))) {
        await attacker.renew()
        const secrets = listSecrets(victim, attacker.isMember)
        expect(secrets.length).toBeGreaterThan(8)
        for (const params of listParams(route.path)) {
          // What one call changes of the attacker's own is the same before both that are compared.
          await attempt(route, attacker, params, 'nobodys')
          const expected = await attempt(route, attacker, params, 'nobodys')
          const { answer, named, described } = await attempt(route, attacker, params, 'theirs')
          const what = `${route.method} ${route.path} by ${attacker.name}`
          // What the path itself named comes back in links to the page in another language.
          const told = secrets.filter(secret => !Object.values(named).includes(secret))
          if (told.some(secret => answer.body.includes(secret))) problems.push(`${what} shows what is the victim's`)
          if (answer.status >= 500) problems.push(`${what}: ${answer.status}`)
          const comparable = route.path in movesOn ? answer.status === expected.answer.status : described === expected.described
          // A member may know that the workspace is there; what they may not do is refused.
          const isRefused = attacker.isMember && answer.status === 403
          if (!(route.path in open) && !comparable && !isRefused)
            problems.push(`${what}: ${described.slice(0, 3000)}\n--- instead of\n${expected.described.slice(0, 3000)}`)
        }
      }
    }
    expect(problems).toEqual([])
    expect(await readVictimsRows()).toEqual(before)
  }, 120_000)
})
