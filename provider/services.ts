import type { Adapters } from '../adapters/open.ts'
import type { Settings } from '../config/schema.ts'
import { createAccessPasses } from './access-passes/access-passes.ts'
import { createFactorReset } from './access-passes/reset.ts'
import { createAppRegistry } from './apps/registry.ts'
import { createEventBatcher } from './audit/group-commit.ts'
import { createUpstreamClient } from './connections/client.ts'
import { listConnections } from './connections/list.ts'
import { createPages } from './http/pages.ts'
import { countTokens } from './installation/counting.ts'
import type { Clock } from './kernel/clock.ts'
import { accountClientId, describeAccountApp } from './oidc/account-app.ts'
import { createSessionEnder } from './oidc/end-sessions.ts'
import { createProtocolPages } from './oidc/protocol-pages.ts'
import { createTokenEndpoint } from './oidc/token-endpoint.ts'
import type { OpenedKeys } from './keys/current-keys.ts'
import { createPasskeyCeremonies } from './passkeys/ceremonies.ts'
import { requirementOf } from './policy/installation-requirement.ts'
import { createRecoveryCodes } from './recovery-codes/recovery-codes.ts'
import { createShownCodes } from './recovery-codes/shown-codes.ts'
import { createAcceptance } from './sign-in/acceptance.ts'
import { createEnrolling } from './sign-in/enrolling.ts'
import { createSignInFlow } from './sign-in/flow.ts'
import { createMethods } from './sign-in/methods.ts'
import { createSignUp } from './sign-in/sign-up.ts'
import { createStanding } from './sign-in/standing.ts'
import { createUpstreamPeople } from './sign-in/upstream-people.ts'
import { createUpstreamVisits } from './sign-in/upstream-visits.ts'
import { createNoticeBudget } from './users/notice-budget.ts'
import { createNotices } from './users/notices.ts'
import { createAuditDownloads } from './workspaces/audit-downloads.ts'
import { createEntitlements } from './workspaces/entitlements.ts'
import { createInvitations } from './workspaces/invitations.ts'

/** What the features do their work with: made once, whatever keys are signed with. Routes and middleware are put on top, in app.ts. */
export function createServices(settings: Settings, adapters: Adapters, clock: Clock, keys: Pick<OpenedKeys, 'audit'>) {
  const { data, store, cipher, rateLimiter, egress, telemetry, mailbox } = adapters
  const { issuer, installationName } = settings
  const pages = createPages({
    issuer,
    name: installationName,
    links: { help: settings.helpUrl, privacy: settings.privacyUrl },
    hasMailbox: mailbox !== undefined,
  })
  const registry = createAppRegistry(data, telemetry.log, [describeAccountApp(issuer, installationName)])
  const events = createEventBatcher(data)
  const { passkeyRpId: rpId, passkeyRelatedOrigins: relatedOrigins } = settings
  const ceremonies = createPasskeyCeremonies({
    store,
    clock,
    issuer,
    rpId,
    relatedOrigins,
    installationName,
    attestation: settings.passkeyAttestation,
    ...(settings.passkeyAttestationRoots && { attestationRoots: settings.passkeyAttestationRoots }),
  })
  const notices = createNotices({
    budget: createNoticeBudget(rateLimiter),
    issuer,
    installationName,
    clock,
  })
  const entitlements = createEntitlements(settings.plans)
  const auditDownloads = createAuditDownloads({ data, clock, rateLimiter, entitlements, telemetry, keys: keys.audit })
  const invitations = createInvitations({ issuer, installationName, lifetimeSeconds: settings.invitationSeconds })
  const recoveryCodes = createRecoveryCodes({ cipher, clock })
  const accessPasses = createAccessPasses({ cipher, clock, lifetimeSeconds: settings.accessPassSeconds })
  const shownCodes = createShownCodes({ store, cipher })
  const connections = listConnections(settings.upstreams)
  const visits = createUpstreamVisits({
    client: createUpstreamClient({ egress, telemetry, clock }),
    store,
    cipher,
    clock,
    issuer,
  })
  const requirement = requirementOf(settings)
  const methods = createMethods({
    data,
    connections,
    visits,
    recoveryCodes,
    accessPasses,
    notices,
    ceremonies,
    acceptedModels: requirement.authenticators,
    rpId,
    cipher,
    clock,
    rateLimiter,
    store,
    issuer,
    installationName,
    codeInSubject: settings.mailCodeInSubject,
  })
  const standing = createStanding({ clock, methods, requirement, isForAllWorkspaces: clientId => clientId === accountClientId })
  const sessionEnder = createSessionEnder({ data, store, cipher, clock })
  const signUpAllowed = settings.signUp === 'allowed'
  const signingUp = createSignUp({ signUpAllowed, hasPersonalWorkspace: settings.newUserWorkspace === 'personal' })
  const people = createUpstreamPeople({ connections, notices, signingUp })
  const acceptance = createAcceptance({
    standing,
    people,
    notices,
    endSessions: (repositories, userId, browser, circumstances) =>
      sessionEnder.endAllWithin(repositories, userId, { reason: 'factor-reset', browser, circumstances }),
    signingUp,
  })
  const resetFactors = createFactorReset({
    accessPasses,
    notices,
    endSessions: (repositories, userId, circumstances) =>
      sessionEnder.endAllWithin(repositories, userId, { reason: 'factor-reset', circumstances }),
  })
  const flow = createSignInFlow({ data, clock, methods, standing, notices, acceptance, signUpAllowed })
  const enrolling = createEnrolling({
    data,
    flow,
    standing,
    makeRecoveryCodes: recoveryCodes.make,
    shownCodes,
    notices,
  })
  const wrapGrant = countTokens(createTokenEndpoint({ rateLimiter, events, clock, cipher, store }), telemetry)
  const protocolPages = createProtocolPages(pages)

  return {
    pages,
    registry,
    events,
    notices,
    entitlements,
    auditDownloads,
    invitations,
    recoveryCodes,
    shownCodes,
    connections,
    visits,
    requirement,
    methods,
    standing,
    sessionEnder,
    people,
    resetFactors,
    flow,
    enrolling,
    wrapGrant,
    protocolPages,
  }
}
