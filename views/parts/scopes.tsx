import type { VNode } from 'preact'
import type { Speaker } from '../messages.ts'
import { tidyName } from '../text.ts'

const knownScopes = ['openid', 'profile', 'email', 'offline_access'] as const

/** What an app may do, in words; a scope of its own by its name. */
export function Scopes({ scopes, speaker: { say, show } }: { scopes: readonly string[]; speaker: Speaker }): VNode {
  const others = scopes.filter(scope => !knownScopes.some(known => known === scope))
  return (
    <ul class="scopes">
      {knownScopes
        .filter(scope => scopes.includes(scope))
        .map(scope => (
          <li>{say(`consent.scope.${scope}`)}</li>
        ))}
      {others.map(scope => (
        <li>{show('consent.scope.other', { scope: <bdi class="value">{tidyName(scope)}</bdi> })}</li>
      ))}
    </ul>
  )
}
