import { newId } from '../../provider/kernel/ids.ts'
import { newSecret } from '../../provider/kernel/secrets.ts'
import { newAddress } from '../support/records.ts'
import type { Tenant } from '../support/tenants.ts'

/** Something of a tenant's that a request can name, and how to make one that nothing is called by. */
export interface ForeignValue {
  theirs: string
  nobodys: () => string
}

/** The victim: a tenant, and a sign-in of its person that waits for the mail to be opened. */
export interface Victim extends Tenant {
  signInUid: string
  linkToken: string
}

/**
 * For the name of each parameter of a path, what of the victim's can stand there. A route with a parameter that is not named here
 * is one that the tests do not know how to attack: they fail until it is.
 */
export function describeForeignValues(victim: Victim): Readonly<Record<string, readonly ForeignValue[]>> {
  const id = (theirs: string): ForeignValue => ({ theirs, nobodys: newId })
  const secret = (theirs: string): ForeignValue => ({ theirs, nobodys: newSecret })
  const workspace = [id(victim.workspace.id), { theirs: victim.workspace.slug, nobodys: () => `w-${newId()}` }]
  const app = [{ theirs: victim.app.clientId, nobodys: () => `app-${newSecret()}` }]
  const people = [id(victim.user.id), id(victim.formerMember.id)]
  const roles = [
    {
      theirs: victim.role.key,
      nobodys: () =>
        `role-${newSecret()
          .toLowerCase()
          .replaceAll(/[^a-z0-9]/g, '')}`,
    },
  ]
  const invitations = [id(victim.invitation.id)]
  const factors = [victim.passkey, victim.totpDevice, victim.upstreamIdentity, victim.otherAddress, victim.addressClaim]
  return {
    id: [...factors.map(each => id(each.id)), ...people, ...invitations, id(victim.workspace.id)],
    uid: [secret(victim.signInUid), secret(victim.attempt.interactionUid)],
    token: [secret(victim.linkToken)],
    clientId: app,
    app,
    slug: workspace,
    workspace,
    member: people,
    user: people,
    userId: people,
    invitation: invitations,
    role: roles,
    key: roles,
    level: [{ theirs: 'phr', nobodys: () => 'phr' }],
    session: [secret(victim.session.uid), secret(victim.grant.id)],
    apiKey: [id(victim.apiKey.id)],
    grant: [secret(victim.grant.id)],
    event: victim.events.map(event => id(event.id)),
  }
}

/** The victim's names and ids wherever else a program might look for them: in a query, a form or a header. */
export function describeForeignFields(victim: Victim): Readonly<Record<string, ForeignValue>> {
  const id = (theirs: string): ForeignValue => ({ theirs, nobodys: newId })
  const fields = {
    workspace: id(victim.workspace.id),
    workspace_id: id(victim.workspace.id),
    workspaceId: id(victim.workspace.id),
    tenant: id(victim.workspace.id),
    slug: { theirs: victim.workspace.slug, nobodys: () => `w-${newId()}` },
    user: id(victim.user.id),
    user_id: id(victim.user.id),
    userId: id(victim.user.id),
    member: id(victim.user.id),
    sub: id(victim.user.id),
    session: { theirs: victim.session.uid, nobodys: newSecret },
    sid: { theirs: victim.session.uid, nobodys: newSecret },
    uid: { theirs: victim.signInUid, nobodys: newSecret },
    token: { theirs: victim.linkToken, nobodys: newSecret },
    invitation: id(victim.invitation.id),
    client_id: { theirs: victim.app.clientId, nobodys: () => `app-${newSecret()}` },
    id: id(victim.passkey.id),
    address: { theirs: victim.user.address, nobodys: newAddress },
  }
  return fields
}

/** What no request names, so that it can only come from the victim's rows. A member may see what the workspace is called. */
export function listSecrets(victim: Victim, isMember: boolean): string[] {
  const { passkey, totpDevice, session, attempt, upstreamIdentity, invitation, otherAddress, role } = victim
  const names = [
    isMember ? undefined : victim.workspace.name,
    passkey.name,
    totpDevice.name,
    session.device,
    attempt.device,
    attempt.ip,
  ]
  const people = [otherAddress.address, victim.formerMember.address, upstreamIdentity.address, upstreamIdentity.subject]
  return [...names, ...people, invitation.address, role.key]
    .flatMap(text => text ?? [])
    .filter(text => text !== victim.user.address)
}
