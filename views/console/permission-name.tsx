import type { VNode } from 'preact'
import type { Speaker } from '../messages.ts'

/** The permissions that Latchkey itself asks for, in the order in which they are shown. */
export const permissionKeys = [
  'workspace.read',
  'workspace.update',
  'workspace.delete',
  'members.read',
  'members.manage',
  'roles.manage',
  'apps.manage',
  'api-keys.manage',
  'connections.manage',
  'sessions.manage',
  'audit.read',
  'audit.export',
] as const

export type PermissionKey = (typeof permissionKeys)[number]

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
  const known = permissionKeys.find(key => key === permission)
  return (
    <>
      {known && say(`console.permission.${known}`)} <code class="key">{permission}</code>
      {app && (
        <>
          {' '}
          <bdi class="hint">{app}</bdi>
        </>
      )}
    </>
  )
}
