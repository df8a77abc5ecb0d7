import { newId } from '../../provider/kernel/ids.ts'
import { newSecret } from '../../provider/kernel/secrets.ts'
import type { Data } from '../../provider/ports/data.ts'
import { anApiAnswer, anApiKey } from './api-records.ts'
import {
  aChallenge,
  aConsent,
  aFamily,
  aGrant,
  anAccessPass,
  anAddressClaim,
  anApp,
  anAttempt,
  anEvent,
  anInvitation,
  anUpstreamIdentity,
  aPasskey,
  aRecoveryCode,
  aRole,
  aSession,
  aSigningKey,
  aTotpDevice,
  anHourLater,
  asJob,
  asSystem,
  asUser,
  asWorkspace,
  createUser,
  createWorkspace,
  newAddress,
  newHash,
  noon,
} from './records.ts'

export type Tenant = Awaited<ReturnType<typeof plantTenant>>

/** A workspace with a member, and a row in every table that the two can have; all of it with values of their own. */
export async function plantTenant(data: Data) {
  const workspace = await createWorkspace(data)
  const user = await createUser(data, workspace.id)
  const formerMember = await createUser(data, workspace.id)
  const deletedWorkspace = await createWorkspace(data)
  const app = anApp()
  const attempt = anAttempt({
    userId: user.id,
    address: user.address,
    ip: `2001:db8::${newId()}`,
    device: `Device ${newSecret()}`,
  })
  const challenge = aChallenge(attempt.id)
  const session = aSession(user.id, { device: `Device ${newSecret()}`, ip: `2001:db8::${newId()}` })
  const grant = aGrant(user.id, { workspaceId: workspace.id })
  const privateGrant = aGrant(user.id)
  const consent = aConsent(user.id, app.clientId)
  const family = aFamily(grant)
  const privateFamily = aFamily(privateGrant)
  const events = [
    anEvent({ userId: user.id, disclosures: { name: { salt: newSecret(), value: `Ada ${newSecret()}` } } }),
    anEvent({ workspaceId: workspace.id, disclosures: { name: { salt: newSecret(), value: `Company ${newSecret()}` } } }),
    anEvent({ userId: user.id, workspaceId: workspace.id }),
  ]
  const passkey = aPasskey(user.id)
  const totpDevice = aTotpDevice(user.id)
  const recoveryCode = aRecoveryCode()
  const accessPass = anAccessPass(workspace.id, user.id)
  const upstreamIdentity = anUpstreamIdentity(user.id)
  const addressClaim = anAddressClaim(user.id)
  const otherAddress = { id: newId(), userId: user.id, address: newAddress(), verifiedAt: noon }
  const browserHash = newHash()
  const revokedTokenId = newSecret()
  const signingKey = aSigningKey()
  const role = aRole(workspace.id)
  const invitation = anInvitation(workspace.id, { address: user.address })
  const requirementReminder = { workspaceId: workspace.id, level: 'phishing-resistant', from: noon, days: 7 } as const
  await data.scoped(asSystem, async repositories => {
    await repositories.apps.insert(app)
    await repositories.attempts.create(attempt)
    await repositories.emailChallenges.create(challenge)
    await repositories.codeFailures.increment(user.address, noon)
    await repositories.sessions.create(session)
    for (const each of [grant, privateGrant]) await repositories.grants.upsert(each)
    await repositories.consents.upsert(consent)
    for (const each of [family, privateFamily]) await repositories.refreshFamilies.create(each)
    await repositories.revokedAccessTokens.add(revokedTokenId, noon)
    await repositories.signingKeys.insert(signingKey)
    await repositories.auditEvents.append(events)
    await repositories.accounts.changeName(user.id, `Ada ${newSecret()}`)
    await repositories.accounts.findOrCreatePasskeyHandle(user.id)
    await repositories.accounts.addAddress(otherAddress)
    await repositories.accounts.replaceAddressClaim(addressClaim)
    await repositories.passkeys.create(passkey)
    await repositories.totpDevices.create(totpDevice)
    await repositories.recoveryCodes.replaceAll(user.id, [recoveryCode], noon)
    await repositories.accessPasses.replace(accessPass)
    await repositories.factorFailures.increment(user.id, 'totp', noon)
    await repositories.upstreamIdentities.create(upstreamIdentity)
    await repositories.roles.create(role)
    await repositories.invitations.replace(invitation)
    await repositories.requirementReminders.take(requirementReminder)
    await repositories.knownBrowsers.remember({ userId: user.id, browserHash, method: 'passkey' }, noon)
    await repositories.dataKeys.requestRotation({ kind: 'user', userId: user.id }, noon)
  })
  await data.scoped(asSystem, async ({ members }) => {
    await members.remove(workspace.id, formerMember.id, noon)
  })
  await data.scoped(asJob, ({ workspaces }) => workspaces.delete(deletedWorkspace.id, noon))
  const apiKey = anApiKey(workspace.id, user.id)
  const apiAnswer = anApiAnswer()
  await data.scoped(asWorkspace(workspace.id), async ({ apiKeys, apiAnswers }) => {
    await apiKeys.create(apiKey)
    await apiAnswers.keep(apiAnswer)
  })
  await data.scoped(asUser(user.id), ({ apiAnswers }) => apiAnswers.keep(anApiAnswer()))
  await plantChain(data, workspace.id)
  return {
    workspace,
    user,
    formerMember,
    deletedWorkspace,
    requirementReminder,
    app,
    attempt,
    challenge,
    session,
    grant,
    privateGrant,
    consent,
    family,
    privateFamily,
    events,
    revokedTokenId,
    signingKey,
    passkey,
    totpDevice,
    recoveryCode,
    accessPass,
    upstreamIdentity,
    addressClaim,
    otherAddress,
    browserHash,
    role,
    invitation,
    apiKey,
    apiAnswer,
  }
}

/** What tells a tenant's rows from anybody else's. */
export function marksOf(tenant: Tenant): string[] {
  const { workspace, user, attempt, challenge, session, grant, privateGrant, family, privateFamily, events } = tenant
  const ids = [workspace.id, workspace.slug, user.id, attempt.id, challenge.id, session.uid, grant.id, privateGrant.id]
  const families = [family, privateFamily].map(({ id }) => id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))
  return [...ids, ...families, ...events.map(({ id }) => id)]
}

/** One event of the workspace in its chain, with a checkpoint, as if the sequencer had come no further. */
async function plantChain(data: Data, chainId: string): Promise<void> {
  await data.scoped(asSystem, async ({ auditChain, auditCheckpoints, auditEvents }) => {
    const event = anEvent({ workspaceId: chainId })
    await auditEvents.append([event])
    const head = { chainId, position: 1, link: newHash() }
    await auditChain.append([{ ...head, eventId: event.id }], [head])
    await auditCheckpoints.insertKey({ kid: newId(), privateJwk: { d: newSecret() }, createdAt: noon })
    await auditCheckpoints.save([{ chainId, position: 1, madeAt: noon, signed: newSecret() }])
    await auditEvents.emptyBefore({ class: 'planted', actions: [], moment: anHourLater, limit: 1 })
  })
}
