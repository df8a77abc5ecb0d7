import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createChainChecker } from '../../provider/audit/chain-checker.ts'
import type { Checkpoint } from '../../provider/audit/checkpoint.ts'
import { commit } from '../../provider/audit/commitment.ts'
import { renderCsv } from '../../provider/audit/export-csv.ts'
import { readRecords, renderNdjson } from '../../provider/audit/export-format.ts'
import type { ExportRecord } from '../../provider/audit/export-record.ts'
import { firstHead, linkTo } from '../../provider/audit/link.ts'
import { newId } from '../../provider/kernel/ids.ts'
import { type ChainEntry, type ChainHead, installationChain } from '../../provider/ports/audit-chain.ts'

const event = {
  id: '01900000-0000-7000-8000-000000000001',
  userId: undefined,
  action: 'mail.delivered',
  occurredAt: new Date('2030-01-02T12:00:00.123Z'),
  actor: 'system:job',
  target: 'mail:é',
  commitments: { message_id: 'BBBB', actor: 'AAAA' },
}

describe('a link', () => {
  it('is SHA-256 over everything that an event is, each text after its length', () => {
    const zeros = '0'.repeat(64)
    const message = Buffer.concat([
      Buffer.from(`\0\0\0\x15latchkey audit link 1\0\0\0\x40${zeros}\0\0\0\x24${installationChain}\0\0\0\x011`),
      Buffer.from(`\0\0\0\x24${event.id}\0\0\0\x0e${event.action}`),
      Buffer.from('\0\0\0\x182030-01-02T12:00:00.123Z\0\0\0\0\0\0\0\x0asystem:job\0\0\0\x07mail:é'),
      Buffer.from('\0\0\0\x05actor\0\0\0\x04AAAA\0\0\0\x0amessage_id\0\0\0\x04BBBB'),
    ])
    expect(linkTo(firstHead(installationChain), event)).toEqual(hash('sha256', message, 'buffer'))
  })
})

const field = fc.record({ name: fc.constantFrom('ip', 'before', 'after', 'scope'), value: fc.string({ maxLength: 8 }) })
const aChain = fc.array(
  fc.record({
    action: fc.constantFrom('token.issued', 'session.created'),
    milliseconds: fc.nat(1e9),
    user: fc.boolean(),
    fields: fc.uniqueArray(field, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
  }),
  { minLength: 2, maxLength: 12 },
)

function build(given: typeof aChain extends fc.Arbitrary<infer Value> ? Value : never): ChainEntry[] {
  let head = firstHead(installationChain)
  return given.map(({ action, milliseconds, user, fields }) => {
    const disclosures = Object.fromEntries(
      fields.map(({ name, value }) => [name, { salt: Buffer.from(newId().slice(0, 16)).toString('base64url'), value }]),
    )
    const linked = {
      id: newId(),
      userId: user ? newId() : undefined,
      action,
      occurredAt: new Date(milliseconds),
      actor: 'system:job',
      target: undefined,
      commitments: Object.fromEntries(
        Object.entries(disclosures).map(([name, { salt, value }]) => [name, commit(Buffer.from(salt, 'base64url'), name, value)]),
      ),
    }
    head = { ...head, position: head.position + 1, link: linkTo(head, linked) }
    return {
      ...head,
      eventId: linked.id,
      event: { ...linked, workspaceId: undefined, disclosure: { kind: 'open', disclosures } },
    }
  })
}

/** As somebody would who may write to the database, and knows how links are made. */
function sealAnew(entries: ChainEntry[]): ChainEntry[] {
  let head = firstHead(installationChain)
  return entries.map(entry => {
    head = { ...head, position: head.position + 1, link: linkTo(head, entry.event ?? expect.fail('no event')) }
    return { ...entry, ...head }
  })
}

function check(entries: ChainEntry[], end: ChainHead | undefined, checkpoints: Checkpoint[] = []) {
  const checker = createChainChecker(installationChain, checkpoints)
  for (const entry of entries) checker.add(entry)
  return checker.finish(end)
}

type Mutation = (entries: ChainEntry[], index: number) => ChainEntry[]

function changeEvent(change: (each: NonNullable<ChainEntry['event']>) => Partial<NonNullable<ChainEntry['event']>>): Mutation {
  return (entries, index) =>
    entries.map((entry, at) =>
      at === index && entry.event ? { ...entry, event: { ...entry.event, ...change(entry.event) } } : entry,
    )
}

const edits: Record<string, Mutation> = {
  'its action': changeEvent(({ action }) => ({ action: `${action}.` })),
  'its time': changeEvent(({ occurredAt }) => ({ occurredAt: new Date(occurredAt.getTime() + 1) })),
  'its person': changeEvent(({ userId }) => ({ userId: userId === undefined ? newId() : undefined })),
  'its actor': changeEvent(() => ({ actor: 'user:somebody' })),
  'its target': changeEvent(() => ({ target: 'user:somebody' })),
  'a commitment': changeEvent(({ commitments }) => ({
    commitments: { ...commitments, [Object.keys(commitments)[0] ?? '']: 'forged' },
  })),
  'a commitment more': changeEvent(({ commitments }) => ({ commitments: { ...commitments, more: 'forged' } })),
}

const others: Record<string, Mutation> = {
  'the log that it stands in': changeEvent(() => ({ workspaceId: newId() })),
  'what it says': changeEvent(({ disclosure }) => {
    const { disclosures } = disclosure.kind === 'open' ? disclosure : expect.fail('closed')
    const [name, given] = Object.entries(disclosures)[0] ?? expect.fail('empty')
    return {
      disclosure: {
        kind: 'open',
        disclosures: { ...disclosures, [name]: { salt: given.salt, value: `${given.value}x` } },
      },
    }
  }),
  'a part of what it says': changeEvent(() => ({ disclosure: { kind: 'open', disclosures: {} } })),
  'what opens it': changeEvent(() => ({ disclosure: { kind: 'broken' } })),
  'its link': (entries, index) => entries.map((entry, at) => (at === index ? { ...entry, link: Buffer.alloc(32, 7) } : entry)),
  'that it is there': (entries, index) => entries.filter((_, at) => at !== index),
  'that it is there, without its link': (entries, index) =>
    entries.map((entry, at) => (at === index ? { ...entry, event: undefined } : entry)),
  'that it is there, and the positions behind it': (entries, index) =>
    entries.filter((_, at) => at !== index).map((entry, at) => ({ ...entry, position: at + 1 })),
  'that it comes once': (entries, index) => entries.flatMap((entry, at) => (at === index ? [entry, entry] : [entry])),
  'its place': (entries, index) => {
    const other = (index + 1) % entries.length
    const from = (at: number) => entries[at === index ? other : at === other ? index : at]
    return entries.map((entry, at) => ({ ...entry, event: from(at)?.event, eventId: from(at)?.eventId ?? '' }))
  },
}

describe('a chain', () => {
  it('is whole as it was sealed, also where what it said is gone', () => {
    fc.assert(
      fc.property(aChain, given => {
        const entries = build(given)
        const head = entries.at(-1)
        expect(check(entries, head)).toMatchObject({ problems: 0, events: entries.length, readable: entries.length })
        for (const kind of ['emptied', 'erased'] as const) {
          const gone = entries.map(entry => ({ ...entry, event: entry.event && { ...entry.event, disclosure: { kind } } }))
          expect(check(gone, head)).toMatchObject({ problems: 0, readable: 0, [kind]: entries.length })
        }
      }),
    )
  })

  it.each(Object.entries({ ...edits, ...others }))('shows of any event that somebody changed %s', (_, mutate) => {
    fc.assert(
      fc.property(aChain, fc.nat(), (given, at) => {
        const entries = build(given)
        const report = check(mutate(entries, at % entries.length), entries.at(-1))
        expect(report.problems).toBeGreaterThan(0)
      }),
    )
  })

  it.each(Object.entries(edits))('shows by a checkpoint that somebody changed %s, and sealed all of it anew', (_, mutate) => {
    fc.assert(
      fc.property(aChain, fc.nat(), (given, at) => {
        const entries = build(given)
        const last = entries.at(-1) ?? expect.fail('empty')
        // What would give it away otherwise is emptied, as retention does it.
        const emptied = changeEvent(() => ({ disclosure: { kind: 'emptied' } }))
        const forged = sealAnew(emptied(mutate(entries, at % entries.length), at % entries.length))
        expect(check(forged, forged.at(-1)).problems).toBe(0)
        const report = check(forged, forged.at(-1), [{ ...last, at: new Date(0) }])
        expect(report.findings.map(({ message }) => message)).toEqual([expect.stringContaining('was written anew')])
      }),
    )
  })

  it('shows a cut tail by its head, and by a checkpoint where the head was moved as well', () => {
    fc.assert(
      fc.property(aChain, fc.nat(), (given, at) => {
        const entries = build(given)
        const last = entries.at(-1) ?? expect.fail('empty')
        const left = entries.slice(0, at % entries.length)
        expect(check(left, last).findings[0]?.message).toContain('The tail was cut off')
        expect(check(left, left.at(-1)).problems).toBe(0)
        expect(check(left, left.at(-1), [{ ...last, at: new Date(0) }]).findings[0]?.message).toContain('The tail was cut off')
      }),
    )
  })

  it('says which events have changed places', () => {
    const entries = build(
      [1, 2, 3].map(milliseconds => ({ action: 'token.issued' as const, milliseconds, user: false, fields: [] })),
    )
    const report = check(others['its place']?.(entries, 0) ?? [], entries.at(-1))
    expect(report.findings.map(({ position }) => position)).toEqual([1, 2])
    expect(report.findings[1]?.message).toContain('stands here, was sealed at position 1')
  })
})

describe('an export', () => {
  it('loses nothing in either format', async () => {
    const text = fc.string({ unit: 'binary', minLength: 1 }).filter(value => !value.includes('\r'))
    const anEvent = fc.record<ExportRecord & { record: 'event' }>(
      {
        record: fc.constant('event'),
        position: fc.integer({ min: 1 }),
        link: fc.constant('ab'.repeat(32)),
        id: fc.uuid(),
        target: text,
        commitments: fc.dictionary(text, text, { minKeys: 1, noNullPrototype: true }),
        disclosures: fc.dictionary(text, fc.record({ salt: text, value: fc.string({ unit: 'binary' }) }), {
          minKeys: 1,
          noNullPrototype: true,
        }),
      },
      { requiredKeys: ['record', 'position', 'link', 'id'] },
    )
    const records = fc.array(fc.oneof(anEvent, fc.constant<ExportRecord>({ record: 'checkpoint', checkpoint: 'a.b.c' })), {
      minLength: 1,
      maxLength: 4,
    })
    await fc.assert(
      fc.asyncProperty(records, fc.constantFrom('csv', 'ndjson'), async (given, format) => {
        const render = format === 'csv' ? renderCsv() : renderNdjson
        const lines = render(given).split(/\r?\n/)
        const read: unknown[] = []
        for await (const record of readRecords(toAsync(lines))) read.push(record)
        expect(read).toEqual(given)
      }),
      { numRuns: 50 },
    )
  }, 20_000)

  const written: ExportRecord = {
    record: 'event',
    position: 1,
    link: 'ab'.repeat(32),
    id: event.id,
    occurred_at: event.occurredAt.toISOString(),
    action: 'role.created',
    actor: 'user:a',
    target: 'role:b',
    commitments: { after: 'BBBB' },
    disclosures: { after: { salt: 'AAAA', value: '{"name":"Clerk"}' } },
  }

  async function readAll(text: string): Promise<unknown[]> {
    const read: unknown[] = []
    for await (const record of readRecords(toAsync(text.split(/\r?\n/)))) read.push(record)
    return read
  }

  it.each([
    ['a name that comes twice', '"action":"role.created"', '"action":"role.deleted","action":"role.created"'],
    ['another notation', '"position":1', '"position":1e0'],
    ['white space', '"action":', '"action": '],
  ])('as ndjson is none with %s', async (_what, part, forged) => {
    const text = renderNdjson([written])
    expect(text).toContain(part)
    expect(await readAll(text)).toEqual([written])
    expect(await readAll(text.replace(part, forged))).toEqual([undefined])
  })

  it.each([
    ['headings over other columns', 'actor,target', 'target,actor', [undefined, written]],
    ['a cell that nothing was committed to', 'role:b,,,', 'role:b,,203.0.113.9,', [undefined]],
    ['a note behind it', /,\r\n$/, ',Approved\r\n', [undefined]],
    ['a value that is said a second time', ',,,0190', ',"{""after"":""{}""}",,0190', [undefined]],
    ['a value that is none', '"{""name"":""Clerk""}",,,', ',"{""after"":[""a,b""]}",,', [undefined]],
    ['cells of an event that was emptied', '"{""after"":""AAAA""}"', '', [undefined]],
    ['another notation', 'event,1,', 'event,0x1,', [undefined]],
  ] as const)('as csv is none with %s', async (_what, part, forged, read) => {
    const text = renderCsv()([written])
    expect(await readAll(text)).toEqual([written])
    expect(text.replace(part, forged)).not.toBe(text)
    expect(await readAll(text.replace(part, forged))).toEqual(read)
  })

  it('begins no cell like a formula either where cells are parted at semicolons', async () => {
    const values = ['Mozilla;=1+1', 'x; @SUM(1)', 'y;"=1+1"', `z;\t'-1`, '{"name":";+1"}']
    for (const name of ['user_agent', 'after', 'scope'])
      for (const value of values) {
        const given: ExportRecord = { ...written, disclosures: { [name]: { salt: 'AAAA', value } } }
        const text = renderCsv()([given])
        for (const cell of text.split(/[;\r\n]+/)) expect(cell.replaceAll(/^[\s"']+/g, '')).not.toMatch(/^[=+\-@]/)
        expect(await readAll(text)).toEqual([given])
      }
  })
})

async function* toAsync(lines: string[]): AsyncGenerator<string> {
  yield* lines
}
