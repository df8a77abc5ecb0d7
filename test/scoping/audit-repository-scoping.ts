/**
 * `npm run audit-repository-scoping`: whether each table is under a policy and each repository under a scope. Reads the sources, and
 * migrates an embedded database of its own to look at its catalogue; another folder than this project's may be named for the sources.
 */
import { join } from 'node:path'
import { openDurableState } from '../support/durable-state.ts'
import { plantTenant } from '../support/tenants.ts'
import { readSources, report } from './finding.ts'
import { auditRepositorySources } from './repository-sources.ts'
import { auditTables } from './table-policies.ts'

const [root = join(import.meta.dirname, '../..')] = process.argv.slice(2)
const sources = auditRepositorySources(readSources(root))
const state = await openDurableState('embedded')
try {
  await plantTenant(state.data)
  const { findings, tables } = await auditTables(state.database)
  const all = [...sources.findings, ...findings]
  const lookedAt = `${sources.repositories} files of repositories work under a scope, and ${tables} tables are under a policy or need none`
  console.log(report('audit-repository-scoping', all, lookedAt))
  process.exitCode = all.length === 0 ? 0 : 1
} finally {
  await state.close()
}
