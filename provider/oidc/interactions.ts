import type { InteractionResults, Provider } from 'oidc-provider'
import { logoPath } from '../apps/logo.ts'
import type { AppRegistry } from '../apps/registry.ts'
import type { Context } from '../http/context.ts'
import type { AskingApp, Interactions, PendingSignIn, SignInResult } from '../sign-in/interactions.ts'
import { policyRequestOf } from '../sign-in/policy-request.ts'
import { belongsTo } from './interaction-browser.ts'
import { pushRequest } from './pushed-request.ts'
import { proofsOf } from './session-proofs.ts'
import { listParameters, readParameters } from './request-parameters.ts'
import type { Interaction, RequestState } from './request-state.ts'
import type { KeptEnd } from './session-cache.ts'

/** Where the page is on which a workspace is chosen. */
export const workspacePath = '/choose-workspace'

/** Where an interaction's pages are. The path is also that of its cookie, so a prompt's pages lie below its own. */
export function interactionUrl(prompt: string, uid: string): string {
  switch (prompt) {
    case 'consent':
      return `/consent/${uid}`
    case 'workspace':
      return `${workspacePath}/${uid}`
    default:
      return `/sign-in/${uid}`
  }
}

/** The interaction that this request belongs to. */
export function findInteraction(provider: Provider, ctx: Context): Promise<Interaction | undefined> {
  const { state }: { state: RequestState } = ctx
  state.interaction ??= readInteraction(provider, ctx)
  return state.interaction
}

async function readInteraction(provider: Provider, ctx: Context): Promise<Interaction | undefined> {
  try {
    const interaction = await provider.interactionDetails(ctx.req, ctx.res)
    return belongsTo(interaction, ctx) ? interaction : undefined
  } catch (error) {
    if (error instanceof Error && error.name === 'SessionNotFound') return undefined
    throw error
  }
}

/** Answers where it goes on; undefined where another request finished the interaction first. */
export async function finishInteraction(
  provider: Provider,
  ctx: Context,
  result: InteractionResults,
): Promise<string | undefined> {
  const interaction = await findInteraction(provider, ctx)
  if (interaction === undefined) return undefined
  try {
    interaction.result = result
    await interaction.persist()
    return interaction.returnTo
  } catch (error) {
    if (error instanceof Error && error.name === 'SessionNotFound') return undefined
    throw error
  }
}

export async function describeApp(registry: AppRegistry, clientId: string): Promise<AskingApp | undefined> {
  const app = await registry.find(clientId)
  if (app === undefined) return undefined
  const { client_name: name, client_uri: home } = app.metadata
  return { clientId, name, logo: logoPath(app), home }
}

/** The protocol's side of a sign-in, on oidc-provider's interactions. */
export function createInteractions(provider: Provider, registry: AppRegistry): Interactions {
  return {
    async find(ctx) {
      const interaction = await findInteraction(provider, ctx)
      if (interaction?.prompt.name !== 'login') return undefined
      const request = readParameters(interaction.params)
      const app = await describeApp(registry, request['client_id'] ?? '')
      if (app === undefined) return undefined
      return {
        uid: interaction.uid,
        app,
        request,
        loginHint: request['login_hint'],
        requestedLocales: request['ui_locales'] ?? '',
        policy: policyRequestOf(request),
        signedIn: findSignedIn(interaction),
        signedOut: findSignedOut(interaction),
      }
    },
    finish: (ctx, result) => finishInteraction(provider, ctx, submissionOf(result)),
    async isSignedIn(ctx) {
      const session = await provider.Session.get(ctx)
      return session.accountId !== undefined
    },
    findApp: clientId => describeApp(registry, clientId),
    async restart(request) {
      const { client_id: clientId = '', redirect_uri: redirectUri } = request
      // A device's own request is with the device: its code is asked for again.
      if (redirectUri === undefined) return '/device'
      const app = await registry.find(clientId)
      const query =
        app?.metadata.require_pushed_authorization_requests === true
          ? await pushRequest(provider, clientId, request)
          : listParameters(request)
      return `/authorize?${new URLSearchParams(query)}`
    },
  }
}

/** Whoever only has to prove more than their session did. Where they are to sign in anew, what it proved does not count. */
function findSignedIn(interaction: Awaited<ReturnType<Provider['interactionDetails']>>): PendingSignIn['signedIn'] {
  const { reasons } = interaction.prompt
  const userId = interaction.session?.accountId
  if (userId === undefined || !reasons.every(reason => reason === 'gate')) return undefined
  return { userId, proofs: proofsOf({ accountId: userId, proofs: Reflect.get(interaction, 'proofs') }) }
}

function findSignedOut(interaction: object): PendingSignIn['signedOut'] {
  // Put there when the interaction began, in the store adapter.
  const signedOut = Reflect.get(interaction, 'signedOut') as KeptEnd | undefined
  return signedOut === undefined ? undefined : { reason: signedOut.reason, at: new Date(signedOut.at * 1000) }
}

function submissionOf(result: SignInResult) {
  switch (result.kind) {
    case 'signed-in':
      return {
        login: {
          accountId: result.userId,
          acr: result.acr,
          amr: result.amr,
          ts: result.authTime,
          remember: true,
          proofs: result.proofs,
          begunAt: result.begunAt,
        },
      }
    case 'refused':
      return { error: result.error, error_description: result.description }
  }
}
