import { type AuditEntry, type AuditLogProps, renderConsoleAuditLog } from '../../views/console/audit-log.tsx'
import type { WorkspaceContext } from '../../views/console/console-page.tsx'
import type { PageContext } from '../../views/page-context.ts'
import { address, form, href, lastYear, long, noPaging, now, ofConsole, paging, type State, yesterday } from './console-state.ts'

const facts = [
  { name: 'ip', value: '203.0.113.7' },
  { name: 'user_agent', value: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' },
  { name: 'request_id', value: '0195f2f4-6c1c-7b6e-9c53-7f0f9f1e2d3c' },
]
const anna = { kind: 'person', address, href } as const

const entries: AuditEntry[] = [
  {
    action: 'workspace.changed',
    at: now,
    actor: anna,
    target: undefined,
    changes: [
      { field: 'required_from', before: undefined, after: '2026-03-19T00:00:00.000Z' },
      { field: 'required_level', before: 'none', after: 'any-second-factor' },
    ],
    facts,
    unreadable: undefined,
  },
  {
    action: 'membership.changed',
    at: yesterday,
    actor: anna,
    target: { kind: 'person', address: long, href },
    changes: [{ field: 'roles', before: 'viewer', after: 'bookkeeping, manager' }],
    facts,
    unreadable: undefined,
  },
  {
    action: 'token.issued',
    at: yesterday,
    actor: { kind: 'gone', id: '0195f2f4-6c1c-7b6e-9c53-7f0f9f1e2d3c' },
    target: { kind: 'app', name: 'Fieldnotes' },
    changes: [],
    facts,
    unreadable: 'erased',
  },
  {
    action: 'something.new',
    at: lastYear,
    actor: { kind: 'installation' },
    target: { kind: 'other', name: 'session:3q2-7wEjRWeJq83vASNFZ4' },
    changes: [],
    facts: [],
    unreadable: 'broken',
  },
]

const log = (change: Partial<AuditLogProps>) => (page: PageContext, where: WorkspaceContext) =>
  renderConsoleAuditLog(page, where, {
    now,
    entries,
    paging,
    filters: { form, who: '', whom: '', action: '', from: '', until: '', clearHref: undefined },
    download: { form },
    ...change,
  })

export const auditLogStates: State[] = [
  ofConsole('audit', 'audit', log({})),
  ofConsole(
    'audit-filtered',
    'audit',
    log({
      filters: { form, who: address, whom: '', action: 'workspace.changed', from: '2026-03-01', until: '', clearHref: href },
    }),
  ),
  ofConsole(
    'audit-nobody',
    'audit',
    log({
      entries: [],
      paging: noPaging,
      filters: {
        form,
        who: long,
        whom: '',
        action: '',
        from: '',
        until: '',
        problem: { field: 'who', kind: 'nobody' },
        clearHref: href,
      },
    }),
  ),
  ofConsole('audit-empty', 'audit', log({ entries: [], paging: noPaging, download: undefined })),
  ofConsole('audit-plan-lacks', 'audit', log({ paging: noPaging, download: { lackingPlan: 'free' } })),
]
