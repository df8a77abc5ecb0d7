import type { WorkspaceContext } from '../../views/console/console-page.tsx'
import { permissions } from '../../provider/kernel/permissions.ts'
import { renderConsoleRefusal } from '../../views/console/refusal.tsx'
import { renderConsoleRoles, renderRoleForm, type RoleFormProps } from '../../views/console/roles.tsx'
import type { PageContext } from '../../views/page-context.ts'
import { form, href, ofConsole, type State } from './console-state.ts'

const roleForm = (change: Partial<RoleFormProps>) => (page: PageContext, where: WorkspaceContext) =>
  renderRoleForm(page, where, {
    kind: 'create',
    form,
    name: '',
    key: '',
    permissions: [
      ...permissions.map(permission => ({
        permission,
        app: undefined,
        checked: permission.endsWith('.read'),
        given: permission !== 'audit.export',
      })),
      { permission: 'invoices.approve', app: 'Fieldnotes', checked: true, given: true },
    ],
    holders: 3,
    backHref: href,
    ...change,
  })

/** What roles there are, and the forms for those of a workspace's own. */
export const roleStates: State[] = [
  ofConsole('roles', 'roles', (page, where) =>
    renderConsoleRoles(page, where, {
      table: [
        ...permissions.map((permission, index) => ({
          permission,
          app: undefined,
          roles: (['admin', 'manager', 'operator', 'viewer'] as const).slice(0, 4 - (index % 4)),
        })),
        { permission: 'invoices.approve', app: 'Fieldnotes', roles: ['admin'] },
      ],
      own: [
        {
          key: 'bookkeeping',
          name: 'Bookkeeping',
          permissions: ['workspace.read', 'invoices.approve'],
          changeHref: href,
          deleteHref: href,
        },
        {
          key: 'guests',
          name: 'Guests with a rather long name that goes on and on and on',
          permissions: [],
          changeHref: href,
          deleteHref: href,
        },
      ],
      createFrom: (['admin', 'manager', 'operator', 'viewer'] as const).map(role => ({ role, href })),
    }),
  ),
  ofConsole('roles-none', 'roles', (page, where) =>
    renderConsoleRoles(page, where, {
      table: [{ permission: 'workspace.read', app: undefined, roles: ['admin', 'viewer'] }],
      own: [],
      createFrom: [],
    }),
  ),
  ofConsole('roles-plan-lacks', 'roles', (page, where) =>
    renderConsoleRoles(page, where, {
      table: [{ permission: 'workspace.read', app: undefined, roles: ['admin', 'viewer'] }],
      own: [{ key: 'bookkeeping', name: 'Bookkeeping', permissions: ['members.read'], changeHref: undefined, deleteHref: href }],
      createFrom: [],
      lackingPlan: 'free',
    }),
  ),
  ofConsole('role-create', 'roles', roleForm({})),
  ofConsole('role-change', 'roles', roleForm({ kind: 'change', name: 'Bookkeeping', key: 'bookkeeping', stale: true })),
  ofConsole('role-key-taken', 'roles', roleForm({ name: 'Bookkeeping', key: 'bookkeeping', problem: 'key-taken' })),
  ofConsole('refused-plan', 'roles', (page, where) =>
    renderConsoleRefusal(page, where, { refusal: 'entitlement-missing', needed: undefined, lacking: 'custom-roles' }),
  ),
]
