import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { canonicalJson } from '../../provider/audit/canonical-json.ts'
import { type AuditEvent, catalogue } from '../../provider/audit/catalogue.ts'
import { commit } from '../../provider/audit/commitment.ts'
import { buildEvent, type Circumstances, recordEvent, withoutRequest } from '../../provider/audit/record.ts'
import type { AuditEventRecord } from '../../provider/ports/records.ts'

const now = new Date('2030-01-01T00:00:00Z')
const request: Circumstances = {
  actor: { kind: 'user', userId: 'alice' },
  ip: '192.0.2.1',
  userAgent: 'Firefox',
  requestId: 'request-1',
  clock: () => now,
}
const issued: AuditEvent = {
  action: 'token.issued',
  userId: 'alice',
  workspaceId: 'acme',
  client_id: 'shop',
  grant_type: 'authorization_code',
  scope: 'openid',
  token_id: 'token-1',
}

const valuesOf = (record: AuditEventRecord) =>
  Object.fromEntries(Object.entries(record.disclosures).map(([name, { value }]) => [name, value]))

describe('an audit event', () => {
  it('says who did what to whom, when and from where', () => {
    const record = buildEvent(issued, request)
    expect(record).toMatchObject({ action: 'token.issued', userId: 'alice', workspaceId: 'acme', occurredAt: now })
    expect(valuesOf(record)).toEqual({
      client_id: 'shop',
      grant_type: 'authorization_code',
      scope: 'openid',
      token_id: 'token-1',
      actor: '{"kind":"user","userId":"alice"}',
      ip: '192.0.2.1',
      user_agent: 'Firefox',
      request_id: 'request-1',
    })
  })

  it('of what the installation does by itself has no address and no browser', () => {
    const event: AuditEvent = { action: 'mail.delivered', message_id: 'message-1' }
    const record = buildEvent(event, withoutRequest({ kind: 'system', reason: 'job' }, request.clock))
    expect(valuesOf(record)).toEqual({ message_id: 'message-1', actor: '{"kind":"system","reason":"job"}' })
    expect(record).toMatchObject({ userId: undefined, workspaceId: undefined })
  })

  it('commits to each field under a salt of its own, and to nothing in plain text', () => {
    const one = buildEvent(issued, request)
    const two = buildEvent(issued, request)
    expect(Object.keys(one.commitments)).toEqual(Object.keys(one.disclosures))
    const salts = [one, two].flatMap(record => Object.values(record.disclosures).map(({ salt }) => salt))
    expect(new Set(salts).size).toBe(salts.length)
    expect(new Set([...Object.values(one.commitments), ...Object.values(two.commitments)]).size).toBe(salts.length)
    for (const [name, { salt, value }] of Object.entries(one.disclosures)) {
      expect(Buffer.from(salt, 'base64url')).toHaveLength(16)
      expect(commit(Buffer.from(salt, 'base64url'), name, value)).toBe(one.commitments[name])
    }
  })

  it('shows of a change what changed, in an order that is always the same', () => {
    const changed: AuditEvent = {
      action: 'app.changed',
      client_id: 'shop',
      source: 'console',
      before: { name: 'Shop', scopes: { b: 1, a: 2 }, gone: true },
      after: { scopes: { a: 2, b: 1 }, origins: ['https://shop.example'], name: 'The Shop' },
    }
    expect(valuesOf(buildEvent(changed, request))).toMatchObject({
      before: '{"gone":true,"name":"Shop"}',
      after: '{"name":"The Shop","origins":["https://shop.example"]}',
    })
  })

  it('shows of a beginning all there is afterwards, and of an end all there was', () => {
    const registered: AuditEvent = {
      action: 'app.registered',
      client_id: 'shop',
      source: 'config',
      after: { name: 'Shop' },
    }
    expect(valuesOf(buildEvent(registered, request))).toMatchObject({ after: '{"name":"Shop"}' })
    expect(valuesOf(buildEvent(registered, request))).not.toHaveProperty('before')
    const { after, ...app } = registered
    const removed = valuesOf(buildEvent({ ...app, action: 'app.removed', before: after }, request))
    expect(removed).toMatchObject({ before: '{"name":"Shop"}' })
    expect(removed).not.toHaveProperty('after')
  })

  it('keeps only what its catalogue entry names, though more slipped past the compiler', () => {
    const withMore = { ...issued, refresh_token: 'secret' }
    expect(valuesOf(buildEvent(withMore, request))).not.toHaveProperty('refresh_token')
  })

  it('is refused where a field is missing that the compiler took for given', () => {
    const { token_id: _, ...incomplete } = issued
    // What a value of type any does behind the compiler's back.
    expect(() => buildEvent(incomplete as AuditEvent, request)).toThrow('lacks its field token_id')
  })

  it('is written by the repository of the change', async () => {
    const appended: AuditEventRecord[] = []
    const auditEvents = { append: async (events: AuditEventRecord[]) => void appended.push(...events) }
    await recordEvent({ auditEvents }, issued, request)
    expect(appended.map(({ action }) => action)).toEqual(['token.issued'])
  })
})

describe('a commitment', () => {
  const text = fc.string({ unit: 'binary' })
  const salt = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytes => Buffer.from(bytes))

  it('is SHA-256 over salt, name and value, each text after its length', () => {
    const message = Buffer.concat([Buffer.alloc(16, 7), Buffer.from('\0\0\0\x02ip\0\0\0\x03'), Buffer.from('é1')])
    expect(commit(Buffer.alloc(16, 7), 'ip', 'é1')).toBe(hash('sha256', message, 'base64url'))
  })

  it('is the same for the same, and another one for any other salt, name or value', () => {
    fc.assert(
      fc.property(salt, text, text, salt, text, text, (salt1, name1, value1, salt2, name2, value2) => {
        const same = salt1.equals(salt2) && name1 === name2 && value1 === value2
        expect(commit(salt1, name1, value1) === commit(salt2, name2, value2)).toBe(same)
        expect(commit(Buffer.from(salt1), name1, value1)).toBe(commit(salt1, name1, value1))
      }),
    )
  })

  it('tells where the name ends and the value begins', () => {
    fc.assert(
      fc.property(salt, text, fc.nat(), (theSalt, joined, first) => {
        const points = Array.from(joined)
        const cut = (at: number) => commit(theSalt, points.slice(0, at).join(''), points.slice(at).join(''))
        const at = first % (points.length + 1)
        for (let other = 0; other <= points.length; other++) expect(cut(at) === cut(other)).toBe(at === other)
      }),
    )
  })
})

describe('canonical JSON', () => {
  it('is JSON of the same value, whatever the order of its keys', () => {
    const shuffle = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffle)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([name, member]) => [name, shuffle(member)]),
      )
    }
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), value => {
        const written = canonicalJson(value)
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(canonicalJson(shuffle(value) as object)).toBe(written)
      }),
    )
  })

  it('sorts as RFC 8785 §3.2.3 does', () => {
    const names = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 }
    expect(Object.values(names)).not.toEqual([2, 4, 6, 7, 1, 5, 3])
    expect(canonicalJson(names).match(/\d(?=[,}])/g)).toEqual(['2', '4', '6', '7', '1', '5', '3'])
  })
})

describe('the catalogue', () => {
  it('gives no field a name that the circumstances use', () => {
    const taken = ['action', 'userId', 'workspaceId', 'actor', 'ip', 'user_agent', 'request_id', 'before', 'after']
    for (const { fields } of Object.values(catalogue)) {
      expect(fields.filter(name => taken.includes(name))).toEqual([])
      expect(new Set(fields).size).toBe(fields.length)
    }
  })

  it('lets the compiler refuse a field too few, a field too many, and a missing person', () => {
    type Revoked = Extract<AuditEvent, { action: 'access-token.revoked' }>
    const whole: Revoked = {
      action: 'access-token.revoked',
      userId: undefined,
      workspaceId: undefined,
      client_id: '',
      token_id: '',
    }
    // @ts-expect-error a field too few
    const few: AuditEvent = { action: 'access-token.revoked', userId: undefined, workspaceId: undefined, client_id: '' }
    // @ts-expect-error a field too many
    const many: AuditEvent = { ...whole, scope: '' }
    // @ts-expect-error whether there is a person has to be said
    const nobody: AuditEvent = { action: 'access-token.revoked', workspaceId: undefined, client_id: '', token_id: '' }
    // @ts-expect-error a session is somebody's
    const nobodys: AuditEvent = { action: 'session.created', userId: undefined, session_uid: '' }
    // @ts-expect-error a key is nobody's
    const somebodys: AuditEvent = { action: 'signing-key.removed', userId: 'alice', kid: '', algorithm: '' }
    // @ts-expect-error a change has two sides
    const half: AuditEvent = { action: 'app.changed', client_id: '', source: '', after: {} }
    // @ts-expect-error not in the catalogue
    const unknown: AuditEvent = { action: 'password.changed' }
    expect([few, many, nobody, nobodys, somebodys, half, unknown]).toHaveLength(7)
    expectTypeOf<Revoked['client_id']>().toEqualTypeOf<string>()
  })
})
