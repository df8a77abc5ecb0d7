import { catalogue } from '../audit/catalogue.ts'
import { nameAuthenticator } from '../passkeys/authenticator-names.ts'
import type { AuditEventRecord, UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { type AccountParts, nameConnection } from './surroundings.ts'

const eventsAtOnce = 500
/** Fields of an event that the audit log keeps as canonical JSON; the others are text. */
const structured = ['actor', 'before', 'after']
const recorded = Object.entries(catalogue).flatMap(([action, { user }]) => (user === 'never' ? [] : [action]))

/**
 * Everything that is kept of a person, for people and programs to read. Nothing that would let anybody in is part of it: no key, no
 * secret, no hash of one.
 */
export async function exportAccount(
  repositories: Repositories,
  user: UserRecord,
  parts: Pick<AccountParts, 'issuer' | 'clock' | 'connections'>,
) {
  const { issuer, clock } = parts
  const { id } = user
  const { accounts, passkeys, totpDevices, recoveryCodes, upstreamIdentities, sessions, consents, grants, workspaces } =
    repositories
  return {
    format: 'latchkey-account/1',
    issuer,
    exported_at: clock(),
    profile: {
      id,
      name: user.name,
      language: user.locale,
      created_at: user.createdAt,
      will_be_deleted_at: user.erasureDueAt,
    },
    addresses: (await accounts.listAddresses(id)).map(({ address, primary, verifiedAt }) => ({
      address,
      primary,
      verified_at: verifiedAt,
    })),
    passkeys: (await passkeys.listForUser(id)).map(passkey => ({
      name: passkey.name,
      model: nameAuthenticator(passkey.aaguid),
      synced: passkey.backedUp,
      domain: passkey.rpId,
      created_at: passkey.createdAt,
      last_used_at: passkey.lastUsedAt,
    })),
    authenticator_apps: (await totpDevices.listForUser(id)).map(({ name, createdAt, lastUsedAt }) => ({
      name,
      created_at: createdAt,
      last_used_at: lastUsedAt,
    })),
    recovery_codes: await describeCodes(recoveryCodes, id),
    accounts_elsewhere: (await upstreamIdentities.listForUser(id)).map(identity => ({
      service: nameConnection(parts, identity.connection),
      issuer: identity.issuer,
      subject: identity.subject,
      address: identity.address,
      linked_at: identity.createdAt,
      last_used_at: identity.lastUsedAt,
    })),
    devices: (await sessions.listForUser(id)).map(({ device, ip, place, createdAt, lastUsedAt, expiresAt }) => ({
      device,
      ip_address: ip,
      place,
      signed_in_at: createdAt,
      last_used_at: lastUsedAt,
      ends_at: expiresAt,
    })),
    allowed_apps: (await consents.listForUser(id)).map(({ clientId, allowed, givenAt }) => ({
      app: clientId,
      allowed,
      allowed_at: givenAt,
    })),
    app_sessions: (await grants.listForUser(id)).map(({ clientId, createdAt, expiresAt }) => ({
      app: clientId,
      began_at: createdAt,
      ends_at: expiresAt,
    })),
    memberships: (await workspaces.listForUser(id)).map(({ slug, name, roles }) => ({ workspace: slug, name, roles })),
    activity: await listActivity(repositories, id),
  }
}

async function describeCodes({ findState }: Repositories['recoveryCodes'], userId: string) {
  const state = await findState(userId)
  return state && { left: state.unused, made: state.all, made_at: state.createdAt }
}

/** All of it, newest first; what several share to the millisecond is not asked for twice. */
async function listActivity({ auditEvents }: Repositories, userId: string) {
  const listed = new Map<string, AuditEventRecord>()
  let before: Date | undefined
  for (;;) {
    const events = await auditEvents.listForUser(userId, recorded, eventsAtOnce, before)
    for (const event of events) listed.set(event.id, event)
    const oldest = events.at(-1)
    if (events.length < eventsAtOnce || oldest === undefined) break
    before = oldest.occurredAt
  }
  return [...listed.values()].map(({ action, occurredAt, disclosures }) => ({
    action,
    at: occurredAt,
    details: Object.fromEntries(
      Object.entries(disclosures).map(([name, { value }]) => [name, structured.includes(name) ? JSON.parse(value) : value]),
    ),
  }))
}
