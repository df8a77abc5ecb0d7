import type { RequestListener } from 'node:http'
import type { Adapters } from '../adapters/open.ts'
import type { Settings } from '../config/schema.ts'
import { createLinkReceiver } from './account/linking.ts'
import { accountRoutes } from './account/routes.ts'
import { apiRoutes } from './api/routes.ts'
import { logoRoutes } from './apps/logo.ts'
import { consoleRoutes } from './console/routes.ts'
import { doctorRoutes } from './doctor/routes.ts'
import { answerErrors } from './http/errors.ts'
import { guardHost } from './http/host-guard.ts'
import { establishRequestFacts } from './http/request-facts.ts'
import type { Route } from './http/route.ts'
import { serveRoutes } from './http/router.ts'
import { setSecurityHeaders } from './http/security-headers.ts'
import { endUnreadBodies } from './http/unread-bodies.ts'
import { countDocuments, countRequests, countSignIns } from './installation/counting.ts'
import { metricsRoutes } from './installation/metrics.ts'
import { installationRoutes } from './installation/routes.ts'
import type { Clock } from './kernel/clock.ts'
import { currentKeys, type OpenedKeys } from './keys/current-keys.ts'
import { mailboxRoutes } from './mailbox/routes.ts'
import type { DeliverLogout } from './oidc/back-channel-logout.ts'
import { chooseWorkspaceRoutes } from './oidc/choose-workspace.ts'
import { configureProvider } from './oidc/configuration.ts'
import { consentRoutes } from './oidc/consent.ts'
import { allowAppOrigins } from './oidc/cross-origin.ts'
import { requireExactPaths } from './oidc/exact-paths.ts'
import { createInteractions } from './oidc/interactions.ts'
import { limitProtocol } from './oidc/limits.ts'
import { nameOversizedBodies } from './oidc/oversized-bodies.ts'
import { showOwnPages } from './oidc/own-pages.ts'
import { turnPostedRequests } from './oidc/posted-requests.ts'
import { createProvider } from './oidc/provider.ts'
import { publishDocuments, serveDocumentsFirst } from './oidc/published-documents.ts'
import { reportServerErrors } from './oidc/server-errors.ts'
import { endWhatTheSessionGave, finishSignOut } from './oidc/sign-out.ts'
import { createSignInAs } from './oidc/signing-in-first.ts'
import { createBrowserSessions } from './oidc/signed-in.ts'
import { SigningKey } from './oidc/signing.ts'
import { createAccessTokenVerifier } from './oidc/token-verifier.ts'
import { passkeyWellKnownRoutes } from './passkeys/well-known.ts'
import type { SigningKeyRecord } from './ports/records.ts'
import { createServices } from './services.ts'
import { enrolmentRoutes } from './sign-in/enrolment-routes.ts'
import { signInRoutes } from './sign-in/routes.ts'
import { createSignInRoute } from './sign-in/sign-in-route.ts'
import { createStepPages } from './sign-in/step-pages.ts'
import { createUpstreamSteps } from './sign-in/upstream-steps.ts'

export interface App {
  /** The same for as long as the process runs, whatever keys it signs with. */
  listener: RequestListener
  deliverLogout: DeliverLogout
  /** What is served beside the protocol's own endpoints. */
  routes: readonly Route[]
  /** Takes the keys as they are now. Requests in progress finish with the ones they began with. */
  useKeys(records: readonly SigningKeyRecord[]): void
  close(): Promise<void>
}

/** The one place where everything is put together: an ordered table of what a request goes through, and of the features' routes. */
export function createApp(settings: Settings, adapters: Adapters, clock: Clock, keys: OpenedKeys): App {
  const { data, store, cipher, keyWrapper, rateLimiter, egress, places, telemetry, mailbox } = adapters
  const { issuer, installationName, passkeyRpId: rpId, passkeyRelatedOrigins: relatedOrigins } = settings
  const {
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
  } = createServices(settings, adapters, clock, keys)

  function build(records: readonly SigningKeyRecord[]) {
    const current = currentKeys(records, clock())
    if (current === undefined) throw new Error('there is no signing key')
    const signingKeys = current.published.map(record => new SigningKey(record))
    const configuration = configureProvider({
      issuer,
      // The setting says what the next key will be; until it is due, the one before signs.
      algorithm: current.signing.algorithm,
      lifetimes: {
        sessionIdleSeconds: settings.sessionIdleSeconds,
        sessionMaxSeconds: settings.sessionMaxSeconds,
        refreshIdleSeconds: settings.refreshIdleSeconds,
        refreshMaxSeconds: settings.refreshMaxSeconds,
      },
      requirement,
      reachableLevels: standing.listReachable(),
      data,
      store,
      cipher,
      egress,
      clock,
      protocolPages,
    })
    const { provider, deliverLogout } = createProvider({
      issuer,
      configuration,
      keys: signingKeys,
      registry,
      data,
      store,
      clock,
      wrapGrant,
      requirement,
      answerByForm: protocolPages.answerByForm,
    })
    endWhatTheSessionGave(provider)
    reportServerErrors(provider, telemetry)
    nameOversizedBodies(provider)

    const interactions = countSignIns(createInteractions(provider, registry), telemetry)
    const upstreamSteps = createUpstreamSteps({ data, people, clock })
    const steps = createStepPages({ data, flow, standing, interactions, pages, upstreamSteps, methods })
    const signInRoute = createSignInRoute({ interactions, steps })
    const sessions = createBrowserSessions(provider)
    const receiveLink = createLinkReceiver({ data, clock, pages, sessions, people, standing })
    const forSignedIn = { issuer, data, clock, pages, standing, sessions, registry, rateLimiter }
    const ofPeople = { cipher, sessionEnder, notices, connections, erasureGraceSeconds: settings.erasureGraceSeconds }
    const ofWorkspaces = {
      entitlements,
      auditDownloads,
      invitations,
      resetFactors,
      workspaceGraceSeconds: settings.workspaceGraceSeconds,
    }
    const documents = countDocuments(publishDocuments({ issuer }), telemetry)
    const routes = [
      ...installationRoutes({
        issuer,
        pages,
        data,
        store,
        clock,
        securityContact: settings.securityContact,
        hasMailbox: mailbox !== undefined,
      }),
      ...passkeyWellKnownRoutes({ issuer, relatedOrigins }),
      ...metricsRoutes({ token: settings.metricsToken, telemetry }),
      ...pages.routes,
      ...logoRoutes({ registry, egress }),
      ...signInRoutes({ signInRoute, flow, standing, interactions, pages, steps, methods }),
      ...enrolmentRoutes({ signInRoute, enrolling, pages, steps, methods }),
      ...methods.flatMap(method => method.routes?.({ data, flow, interactions, receiveLink, pages, clock }) ?? []),
      ...accountRoutes({
        ...forSignedIn,
        ...ofPeople,
        signInAs: createSignInAs(provider),
        installationName,
        loopback: settings.loopback,
        store,
        methods,
        recoveryCodes,
        shownCodes,
        visits,
        rpId,
        newUserWorkspace: settings.newUserWorkspace,
      }),
      ...apiRoutes({
        ...forSignedIn,
        ...ofPeople,
        ...ofWorkspaces,
        verify: createAccessTokenVerifier(issuer, signingKeys, clock),
      }),
      ...chooseWorkspaceRoutes({ provider, registry, data, pages, clock, newUserWorkspace: settings.newUserWorkspace }),
      ...consoleRoutes({ ...forSignedIn, ...ofWorkspaces }),
      ...consentRoutes({ provider, registry, data, pages, clock }),
      ...doctorRoutes({ keyWrapper, data, store, clock, trustedProxies: settings.trustedProxies }),
      ...(mailbox === undefined ? [] : mailboxRoutes({ mailbox, pages })),
    ]
    const chain = [
      countRequests(telemetry),
      endUnreadBodies,
      setSecurityHeaders(issuer),
      answerErrors({ pages, telemetry }),
      establishRequestFacts({ trustedProxies: settings.trustedProxies, geoHeader: settings.geoHeader, places, issuer }),
      guardHost(issuer),
      requireExactPaths,
      documents.remember,
      allowAppOrigins(registry),
      limitProtocol(rateLimiter),
      turnPostedRequests,
      finishSignOut(provider, { data, clock, protocolPages }),
      showOwnPages(protocolPages),
      serveRoutes(routes, { issuer, rateLimiter }),
    ]
    for (const middleware of chain) provider.use(middleware)
    const callback = provider.callback()
    const listener = serveDocumentsFirst(documents, (request, response) => void callback(request, response))
    return { listener, deliverLogout, routes, kids: signingKeys.map(key => key.kid).join(' ') }
  }

  let built = build(keys.signing)
  return {
    listener: (request, response) => built.listener(request, response),
    deliverLogout: (...notice) => built.deliverLogout(...notice),
    routes: built.routes,
    useKeys(records) {
      const published = currentKeys(records, clock())
        ?.published.map(record => record.kid)
        .join(' ')
      if (published !== undefined && published !== built.kids) built = build(records)
    },
    close: () => events.close(),
  }
}
