import type { VNode } from 'preact'
import type { Permission } from '../../provider/kernel/permissions.ts'
import { catalogues, type Speaker } from '../messages.ts'

/** Whether Latchkey asks for it itself: then it has words. An app's own has none. */
const isBuiltIn = (name: string): name is Permission => `console.permission.${name}` in catalogues.en

/** What it allows, in words, with the name that tokens have for it. One of an app's own has that name alone, and whose it is. */
export function PermissionName({
  permission,
  app,
  speaker: { say },
}: {
  permission: string
  app?: string
  speaker: Speaker
}): VNode {
  return (
    <>
      {isBuiltIn(permission) && say(`console.permission.${permission}`)} <code class="key">{permission}</code>
      {app && (
        <>
          {' '}
          <bdi class="hint">{app}</bdi>
        </>
      )}
    </>
  )
}
