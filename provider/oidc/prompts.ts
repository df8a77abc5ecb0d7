import { decodeJwt } from 'jose'
import { type ClaimsParameter, errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { Clock } from '../kernel/clock.ts'
import { decide, type Requirement } from '../policy/gate.ts'
import { type Level, levelOf, reaches } from '../policy/levels.ts'
import { requirementsOf } from '../policy/workspace-requirement.ts'
import { essentialLevels, requestedContext } from '../sign-in/policy-request.ts'
import { readParameters } from './request-parameters.ts'
import type { OwnAccount } from './accounts.ts'
import { stateOf } from './request-state.ts'
import { questionOf } from './session-proofs.ts'
import { choiceOf } from './workspace-choice.ts'
import type { WorkspaceChoice } from './workspace-standing.ts'

interface PromptOptions {
  requirement: Requirement
  clock: Clock
}

/**
 * The standard prompts, with the gate in the first, and without a question for native apps of our own. The gate also decides
 * about levels of authentication and how fresh they are, proof by proof, and a wrong person is refused rather than asked for ever, so
 * the checks that oidc-provider has for these are out.
 */
export function createPrompts({ requirement, clock }: PromptOptions): interactionPolicy.DefaultPolicy {
  const { Check, base } = interactionPolicy
  const policy = base()
  const checks = policy.get('login')?.checks
  const replaced = ['max_age', 'id_token_hint', 'claims_id_token_sub_value', 'essential_acrs', 'essential_acr']
  for (const reason of replaced) checks?.remove(reason)
  checks?.add(
    new Check(
      'account_gone',
      'the account of this session is gone',
      'login_required',
      ctx => ctx.oidc.session?.accountId !== undefined && ctx.oidc.account === undefined,
    ),
  )
  checks?.add(
    new Check('gate', 'more has to be proved', 'login_required', ctx => {
      const { session } = ctx.oidc
      if (session?.accountId === undefined) return false
      return !isEnough(ctx, requirement, clock)
    }),
  )
  checks?.add(new Check('somebody_else', 'the app asked for somebody else', 'login_required', isSomebodyElse))
  policy.get('consent')?.checks.remove('native_client_prompt')
  // After the sign-in, of whoever it turned out to be; before anything is allowed, which is for one workspace.
  policy.add(createWorkspacePrompt(), 1)
  return policy
}

/** The choice of a workspace. `prompt=workspace` has been looked at already, with all else that decides about it. */
function createWorkspacePrompt(): interactionPolicy.Prompt {
  const { Check, Prompt } = interactionPolicy
  const checkFor = (kind: WorkspaceChoice['kind'], error: string, description: string) =>
    new Check(`workspace_${kind}`, description, error, ctx => choiceOf(ctx).kind === kind)
  const prompt = new Prompt(
    { name: 'workspace', requestable: true },
    checkFor('refused', 'access_denied', 'the person has no access to the workspace that was asked for'),
    checkFor('open', 'interaction_required', 'the person has to choose a workspace'),
    checkFor('none', 'interaction_required', 'the person has no workspace'),
  )
  prompt.checks.remove('workspace_prompt')
  return prompt
}

/** Refuses a level that has to be reached where nobody here can reach any of those that are named. Rejects what has the wrong shape. */
export function assertReachable(claims: ClaimsParameter, reachable: readonly Level[]): void {
  const acr: unknown = claims.id_token?.['acr']
  if (typeof acr !== 'object' || acr === null) return
  if (!requestedContext.safeParse(acr).success) throw new errors.InvalidRequest('invalid claims.id_token.acr')
  const named = essentialLevels(JSON.stringify(claims))
  if (named?.some(value => reachable.some(level => level === value)) === false)
    throw new errors.UnmetAuthenticationRequirements('none of the levels that have to be reached can be reached here')
}

/**
 * Whether somebody is signed in whom the app did not ask for, by `id_token_hint` or the `sub` claim. Whoever has just signed in
 * as somebody else is not handed over (OpenID Connect Core §3.1.2.1, §5.5.1).
 */
function isSomebodyElse({ oidc }: KoaContextWithOIDC): boolean {
  const { session, result } = oidc
  const { id_token_hint: hint, claims = '{}' } = readParameters(oidc.params)
  // Both were looked at when the request came in; the hint's signature, too.
  const { id_token: requested }: ClaimsParameter = JSON.parse(claims)
  const wanted = [hint === undefined ? undefined : decodeJwt(hint).sub, requested?.['sub']?.value]
  if (session?.accountId === undefined || wanted.every(sub => sub === undefined || sub === session.accountId)) return false
  if (result?.login !== undefined) throw new errors.LoginRequired('somebody else signed in')
  return true
}

/** Asks the gate about what the session proved. */
function isEnough(ctx: KoaContextWithOIDC, requirement: Requirement, clock: Clock): boolean {
  const { session } = ctx.oidc
  // What findAccount made; one that is gone is another check's.
  const account = ctx.oidc.account as OwnAccount | undefined
  if (session?.accountId === undefined || account === undefined) return false
  const question = questionOf(ctx, clock)
  const workspaces = requirementsOf(stateOf(ctx).workspace?.concerned ?? [])
  // What is enrolled is asked for, also of a session that is older than that.
  if (account.hasFactors !== false && !reaches(levelOf(question.proofs), 'multi-factor')) return false
  return decide({ ...question, enrolments: [], requirements: [requirement, ...workspaces] }).kind === 'satisfied'
}
