import { z } from 'zod'
import { exportFormats } from '../audit/export-record.ts'
import { exampleId, exampleMoment, exampleUserId, exampleWorkspaceId } from './example-ids.ts'
import type { ApiRoute } from './operation.ts'
import type { ApiParts } from './parts.ts'

const exportQuery = z.strictObject({
  format: z.enum(exportFormats).optional().describe('Lines of JSON, if nothing is said, or a table.'),
  after: z
    .string()
    .regex(/^(0|[1-9]\d{0,14})$/, 'a position')
    .optional()
    .describe('The `position` that the last export ended with: what came behind it is enough then.'),
})

const description = `It is sent as it is read. Its last record is \`end\`: what has none broke off, and can be had again with \`after\`.
\`latchkey audit verify --export FILE\` checks it where there is no database: it holds the links of the chain, salts and values, the signed
checkpoints, and the public keys that signed them. In the table, \`position\` and \`link\` are the chain, values that people look for have
columns of their own, and no cell begins like a formula. What is not sealed yet, a second's worth, is left for the next export.
There may be 30 in an hour.`

const link = '9f2c1d0b7a684e53c2f1e0d9b8a7968574635241302f1e0dfcebdac9b8a79685'
const commitment = 'Kx3l0b6S2mJc6Y9uQw1m8bq0Zr4H1s7tVvXnE5fGdA8'
const salt = 'q83vEjRWeJCrze8SNFZ4kA'
const actor = `user:${exampleUserId}`
const value = JSON.stringify({ kind: 'user', userId: exampleUserId })

const lines = [
  { record: 'chain', version: 1, chain: exampleWorkspaceId, exported_at: exampleMoment, keys: [] },
  {
    record: 'event',
    position: 1,
    link,
    id: exampleId,
    occurred_at: exampleMoment,
    action: 'workspace.created',
    user_id: exampleUserId,
    actor,
    target: actor,
    commitments: { actor: commitment },
    disclosures: { actor: { salt, value } },
  },
  { record: 'end', position: 1, link, unsealed: 0 },
]

/** The log of a workspace as a file, which proves itself. */
export function auditExportRoutes({ workspaceRoute, auditDownloads }: ApiParts): ApiRoute[] {
  return [
    workspaceRoute({
      method: 'GET',
      path: '/workspaces/:workspace/events/export',
      id: 'exportEvents',
      about: 'Audit log',
      summary: 'Take the audit log along, oldest first',
      description,
      permission: 'audit.export',
      entitlement: 'audit-export',
      recorded: true,
      status: 200,
      query: exportQuery,
      downloads: {
        'application/x-ndjson': `${lines.map(line => JSON.stringify(line)).join('\n')}\n`,
        'text/csv':
          'record,position,occurred_at,action,actor,target,user_id,ip,user_agent,request_id,before,after,other,withheld,…\r\n',
      },
      example: { query: { format: 'ndjson', after: '0' } },
      async handler({ repositories, workspace, authority, query: { format = 'ndjson', after = '0' }, circumstances }) {
        const mode = { kind: 'workspace', workspaceId: workspace.id, actor: authority.actor } as const
        const from = { workspace, mode, format, after: Number(after), circumstances }
        return { body: undefined, download: await auditDownloads.begin(repositories, from) }
      },
    }),
  ]
}
