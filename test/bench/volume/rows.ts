/** One workspace's rows, as the product would have written them: sealed by its own envelope, its events in their chain. */
import { randomBytes } from 'node:crypto'
import { firstHead, linkTo } from '../../../provider/audit/link.ts'
import { buildEvent } from '../../../provider/audit/record.ts'
import type { AuditEvent } from '../../../provider/audit/catalogue.ts'
import { newId } from '../../../provider/kernel/ids.ts'
import { hashSecret } from '../../../provider/kernel/secrets.ts'
import { familyOf } from '../../../provider/oidc/refresh-family.ts'
import type { LinkedEvent } from '../../../provider/ports/audit-chain.ts'
import type { DataKey, FieldCipher } from '../../../provider/ports/field-cipher.ts'
import type { CopyValue } from './copy.ts'
import { membersOf, personOf, type VolumePerson, type VolumeSize, workspaceIdOf } from './people.ts'

export type Rows = Record<string, Record<string, CopyValue>[]>

/** What a sign-in leaves behind, as the product wrote it for somebody: the ids in it are exchanged for others. */
export interface SignInTemplate {
  userId: string
  clientId: string
  grantId: string
  sessionUid: string
  workspaceId: string
  browserHash: string
  session: object
  grant: object
  family: object
}

const day = 24 * 60 * 60 * 1000
const year = 365 * day
const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

interface Member extends VolumePerson {
  key: DataKey
  joinedAt: Date
  sessionUid: string
  grantId: string
}

/** The events are spread over a year that ends now. Those that concern no workspace are linked by whoever holds that chain. */
export async function buildWorkspace(
  cipher: FieldCipher,
  template: SignInTemplate,
  size: VolumeSize,
  index: number,
  now: Date,
): Promise<{ rows: Rows; ofInstallation: LinkedEvent[] }> {
  const workspaceId = workspaceIdOf(index)
  const { from, to } = membersOf(index, size)
  const joinedAt = new Date(now.getTime() - year)
  const { wrapped, key } = await cipher.createKey({ kind: 'workspace', workspaceId })
  const rows: Rows = {
    workspaces: [
      {
        id: workspaceId,
        slug: `volume-${index}`,
        name_sealed: key.seal({ table: 'workspaces', column: 'name', row: workspaceId }, `Workspace ${index}`),
        personal: false,
        created_at: joinedAt,
      },
    ],
    workspace_keys: [{ workspace_id: workspaceId, wrapped }],
  }
  const members: Member[] = []
  for (let number = from; number < to; number += 1) {
    const person = personOf(number)
    const { wrapped: wrappedUserKey, key: userKey } = await cipher.createKey({ kind: 'user', userId: person.userId })
    const member = {
      ...person,
      key: userKey,
      joinedAt: new Date(joinedAt.getTime() + number),
      sessionUid: randomBytes(16).toString('base64url').slice(0, template.sessionUid.length),
      grantId: randomBytes(32).toString('base64url').slice(0, template.grantId.length),
    }
    members.push(member)
    addUser(rows, cipher, member, { number, workspaceId, wrappedUserKey, isAdmin: number === from })
    addSignIn(rows, template, member, workspaceId, now)
  }
  const events = Math.floor(((index + 1) * size.events) / size.workspaces) - Math.floor((index * size.events) / size.workspaces)
  return { rows, ofInstallation: addEvents(rows, members, { workspaceId, events, now }) }
}

function add(rows: Rows, table: string, row: Record<string, CopyValue>): void {
  ;(rows[table] ??= []).push(row)
}

function addUser(
  rows: Rows,
  cipher: FieldCipher,
  { userId, address, key, joinedAt, browser }: Member,
  about: { number: number; workspaceId: string; wrappedUserKey: Buffer; isAdmin: boolean },
): void {
  const addressId = newId()
  add(rows, 'users', {
    id: userId,
    status: 'active',
    name_sealed: key.seal({ table: 'users', column: 'name', row: userId }, `Volume Person ${about.number}`),
    locale: 'en',
    created_at: joinedAt,
  })
  add(rows, 'user_keys', { user_id: userId, wrapped: about.wrappedUserKey })
  add(rows, 'user_addresses', {
    user_id: userId,
    id: addressId,
    address_index: cipher.blindIndex('email-address', address),
    address_sealed: key.seal({ table: 'user_addresses', column: 'address', row: addressId }, address),
    is_primary: true,
    verified_at: joinedAt,
  })
  add(rows, 'memberships', {
    workspace_id: about.workspaceId,
    user_id: userId,
    roles: [about.isAdmin ? 'admin' : 'operator'],
    created_at: joinedAt,
  })
  add(rows, 'known_browsers', {
    user_id: userId,
    browser_hash: hashSecret(browser),
    method: 'magic-link',
    first_seen_at: joinedAt,
    last_seen_at: joinedAt,
  })
}

function addSignIn(rows: Rows, template: SignInTemplate, member: Member, workspaceId: string, now: Date): void {
  const { userId, clientId, sessionUid, grantId, key } = member
  const exchanged: Array<[string, string]> = [
    [template.userId, userId],
    [template.clientId, clientId],
    [template.grantId, grantId],
    [template.sessionUid, sessionUid],
    [template.workspaceId, workspaceId],
    [template.browserHash, hashSecret(member.browser).toString('base64url')],
  ]
  const ofMember = (payload: object) =>
    JSON.parse(exchanged.reduce((text, [old, other]) => text.replaceAll(old, other), JSON.stringify(payload))) as object
  const expiresAt = new Date(now.getTime() + 30 * day)
  add(rows, 'sessions', {
    uid: sessionUid,
    id_hash: randomBytes(32),
    user_id: userId,
    payload: ofMember(template.session),
    origin_sealed: key.seal(
      { table: 'sessions', column: 'origin', row: sessionUid },
      JSON.stringify({ device: 'Firefox on Linux', ip: '192.0.2.1' }),
    ),
    created_at: now,
    last_used_at: now,
    expires_at: expiresAt,
  })
  add(rows, 'grants', {
    id: grantId,
    user_id: userId,
    workspace_id: workspaceId,
    client_id: clientId,
    session_uid: sessionUid,
    payload: ofMember(template.grant),
    created_at: now,
    expires_at: expiresAt,
  })
  add(rows, 'refresh_families', {
    id: familyOf(member.refreshToken) ?? '',
    grant_id: grantId,
    user_id: userId,
    client_id: clientId,
    current_hash: hashSecret(member.refreshToken),
    payload: ofMember(template.family),
    created_at: now,
    expires_at: expiresAt,
  })
}

/** What most of a log is: what sign-ins and refreshes record, and now and then a change by an Admin. */
function eventOf(turn: number, { userId, clientId, sessionUid, grantId }: Member, workspaceId: string): AuditEvent {
  const scope = 'openid email profile'
  switch (turn % 10) {
    case 0:
    case 1:
      return { action: 'session.created', userId, session_uid: sessionUid }
    case 2:
      return { action: 'grant.created', userId, workspaceId, client_id: clientId, grant_id: grantId, scope }
    case 3:
      return {
        action: 'membership.changed',
        userId,
        workspaceId,
        before: { roles: ['viewer'] },
        after: { roles: ['operator'] },
      }
    case 4:
    case 5: {
      const grant_type = 'authorization_code'
      return { action: 'token.issued', userId, workspaceId, client_id: clientId, grant_type, scope, token_id: newId() }
    }
    default:
      return { action: 'refresh-token.rotated', userId, workspaceId, client_id: clientId, scope, token_id: newId() }
  }
}

function addEvents(
  rows: Rows,
  members: readonly Member[],
  { workspaceId, events, now }: { workspaceId: string; events: number; now: Date },
): LinkedEvent[] {
  const ofInstallation: LinkedEvent[] = []
  let head = firstHead(workspaceId)
  for (let turn = 0; turn < events; turn += 1) {
    const member = members[turn % members.length]
    if (!member) throw new Error('a workspace without members has no events')
    const at = new Date(now.getTime() - year + Math.floor(((turn + 1) * year) / (events + 1)))
    const event = buildEvent(eventOf(turn + Math.floor(turn / members.length), member, workspaceId), {
      actor: { kind: 'user', userId: member.userId },
      ip: '192.0.2.1',
      userAgent,
      requestId: newId(),
      clock: () => at,
    })
    add(rows, 'audit_events', {
      id: event.id,
      workspace_id: event.workspaceId ?? null,
      user_id: event.userId ?? null,
      action: event.action,
      occurred_at: event.occurredAt,
      actor: event.actor ?? null,
      target: event.target ?? null,
      commitments: event.commitments,
      disclosures_sealed: member.key.seal(
        { table: 'audit_events', column: 'disclosures', row: event.id },
        JSON.stringify(event.disclosures),
      ),
    })
    if (event.workspaceId === undefined) {
      const { workspaceId: _none, disclosures: _sealed, ...linked } = event
      ofInstallation.push(linked)
      continue
    }
    head = { ...head, position: head.position + 1, link: linkTo(head, event) }
    add(rows, 'audit_links', { chain_id: workspaceId, position: head.position, event_id: event.id, link: head.link })
  }
  add(rows, 'audit_chains', {
    chain_id: workspaceId,
    position: head.position,
    link: head.link,
    checkpointed_position: head.position,
  })
  return ofInstallation
}
