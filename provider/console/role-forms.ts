import { z } from 'zod'
import { consoleHref } from '../../views/console/console-page.tsx'
import { renderRoleForm, type RoleFormProps } from '../../views/console/roles.tsx'
import { type Answer, html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import { readName } from '../users/names.ts'
import { changeRole, createRole } from '../workspaces/custom-roles.ts'
import { builtInRoles, isBuiltInRole, permissionsOf, roleKeyPattern } from '../workspaces/roles.ts'
import type { ConsoleInput } from './console-route.ts'
import { goOn } from './outcome.ts'
import { readTicked } from './role-options.ts'
import type { ConsoleParts } from './surroundings.ts'
import { readVersion, wasFaster } from './versions.ts'

export const rolesPath = '/roles'
export const roleParams = z.object({ key: z.string().regex(roleKeyPattern).max(40) })
const newParams = z.object({ role: z.string().refine(isBuiltInRole) })
const longestName = 60

type Typed = Pick<RoleFormProps, 'name' | 'key' | 'problem' | 'stale'> & { ticked: readonly string[] }

/** The forms for roles of a workspace's own: made from what a built-in one has, and changed. */
export function roleFormRoutes({ consoleRoute, data, registry, entitlements }: ConsoleParts): Route[] {
  const declared = { section: 'roles', permission: 'roles.manage', entitlement: 'custom-roles' } as const

  async function show(
    { authority, page, where, ctx }: Pick<ConsoleInput, 'authority' | 'page' | 'where' | 'ctx'>,
    { ticked, stale = false, ...typed }: Typed,
    { kind, holders = 0, version }: { kind: RoleFormProps['kind']; holders?: number; version?: number },
  ): Promise<Answer> {
    const apps = await registry.listPermissions()
    const text = renderRoleForm(page, where, {
      kind,
      form: { action: ctx.path, ...(version === undefined ? {} : { fields: { version: String(version) } }) },
      ...typed,
      holders,
      stale,
      permissions: permissionsOf(['admin'], { customPermissions: [], ofApps: authority.ofApps }).map(permission => ({
        permission,
        app: apps.find(each => each.permission === permission)?.app,
        checked: ticked.includes(permission),
        given: authority.permissions.has(permission),
      })),
      backHref: consoleHref(where.slug, rolesPath),
    })
    return html(text, stale ? 412 : typed.problem === undefined ? 200 : 400)
  }

  /** The role as it is now, and how many have it. */
  async function findRole({ mode, authority: { workspaceId } }: Pick<ConsoleInput, 'mode' | 'authority'>, key: string) {
    const { role, holders } = await data.read(mode, async ({ roles, members }) => ({
      role: await roles.find(workspaceId, key),
      holders: await members.countHolders(workspaceId, key),
    }))
    if (role === undefined) throw new AppError('not-found')
    return { role, holders }
  }

  return [
    consoleRoute({
      ...declared,
      method: 'GET',
      path: `${rolesPath}/new-from/:role`,
      params: newParams,
      handler(input) {
        const { role } = input.params
        const ticked = builtInRoles[role].filter(permission => input.authority.permissions.has(permission))
        return show(input, { name: '', key: '', ticked }, { kind: 'create' })
      },
    }),
    consoleRoute({
      ...declared,
      method: 'POST',
      path: `${rolesPath}/new-from/:role`,
      params: newParams,
      async handler(input) {
        const { ctx, form, where, circumstances } = input
        const ticked = readTicked(form, 'permission')
        const typed = { name: form['name'] ?? '', key: (form['key'] ?? '').trim(), ticked }
        const read = readRoleName(typed.name)
        if ('problem' in read) return show(input, { ...typed, problem: read.problem }, { kind: 'create' })
        const key = typed.key === '' ? keyFor(read.name) : typed.key
        if (!roleKeyPattern.test(key) || key.length > 40)
          return show(input, { ...typed, problem: 'key-form' }, { kind: 'create' })
        try {
          await input.change((repositories, authority) =>
            createRole(repositories, authority, { key, name: read.name, permissions: ticked }, { circumstances, entitlements }),
          )
        } catch (error) {
          if (!(error instanceof AppError && error.code === 'conflict')) throw error
          return show(input, { ...typed, key, problem: 'key-taken' }, { kind: 'create' })
        }
        return goOn(ctx, consoleHref(where.slug, rolesPath), 'role-created')
      },
    }),
    consoleRoute({
      ...declared,
      method: 'GET',
      path: `${rolesPath}/:key`,
      params: roleParams,
      async handler(input) {
        const { role, holders } = await findRole(input, input.params.key)
        const { key, name, permissions: ticked, version } = role
        return show(input, { name, key, ticked }, { kind: 'change', holders, version })
      },
    }),
    consoleRoute({
      ...declared,
      method: 'POST',
      path: `${rolesPath}/:key`,
      params: roleParams,
      async handler(input) {
        const {
          ctx,
          form,
          params: { key },
          where,
          circumstances,
        } = input
        const version = readVersion(form)
        const typed = form['name'] ?? ''
        const { holders } = await findRole(input, key)
        const ticked = readTicked(form, 'permission')
        const read = readRoleName(typed)
        if ('problem' in read)
          return show(input, { name: typed, key, ticked, problem: read.problem }, { kind: 'change', holders, version })
        const isStale = await wasFaster(
          input.change((repositories, authority) =>
            changeRole(
              repositories,
              authority,
              { key, name: read.name, permissions: ticked, version },
              { circumstances, entitlements },
            ),
          ),
        )
        if (!isStale) return goOn(ctx, consoleHref(where.slug, rolesPath), 'saved')
        const now = await findRole(input, key)
        return show(
          input,
          { name: now.role.name, key, ticked: now.role.permissions, stale: true },
          { kind: 'change', holders: now.holders, version: now.role.version },
        )
      },
    }),
  ]
}

function readRoleName(typed: string): { name: string } | { problem: 'field-needed' | 'name-too-long' } {
  const read = readName(typed, longestName)
  if (read.kind === 'name') return { name: read.name }
  return { problem: read.kind === 'empty' ? 'field-needed' : 'name-too-long' }
}

/** What can be read of the name, as a key; nothing that is one, where there is nothing. */
function keyFor(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-|-$/g, '')
}
