import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeyFile } from '../../adapters/kms/key-file.ts'
import { createSqlData } from '../../adapters/sql/data.ts'
import type { SqlDatabase } from '../../adapters/sql/database.ts'
import { openEmbedded } from '../../adapters/sql/embedded.ts'
import { createInstallationKeys } from '../../adapters/sql/installation-keys.ts'
import { migrate } from '../../adapters/sql/migrate.ts'
import { openPostgres } from '../../adapters/sql/postgres.ts'
import { openEnvelope } from '../../provider/envelope/envelope.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import type { Data } from '../../provider/ports/data.ts'
import type { FieldCipher } from '../../provider/ports/field-cipher.ts'
import { createTestDatabase } from './postgres.ts'

export interface Node {
  data: Data
  cipher: FieldCipher
}

/** Nodes of one new installation. On the embedded database, which only one process may open, they share it. */
export interface Nodes {
  database: SqlDatabase
  /** One more node, as a start opens it. */
  start(): Promise<Node>
  stop(): Promise<void>
}

export async function openNodes(kind: SqlDatabase['kind']): Promise<Nodes> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-nodes-'))
  const databases: SqlDatabase[] = []
  const server = kind === 'postgres' ? await createTestDatabase() : undefined
  const open = async () => {
    const database = server
      ? openPostgres({ url: server.url, pooled: false, poolSize: 4 })
      : await openEmbedded({ directory: join(folder, 'database') })
    databases.push(database)
    return database
  }
  const database = await open()
  await migrate(database)
  return {
    database,
    async start() {
      const own = server ? await open() : database
      const cipher = await openEnvelope({
        keyWrapper: await openKeyFile({ path: join(folder, 'master.key') }),
        installationKeys: createInstallationKeys(own),
        clock: systemClock,
      })
      return { data: createSqlData(own, cipher), cipher }
    },
    async stop() {
      for (const opened of databases) await opened.close()
      await server?.drop()
      await rm(folder, { recursive: true })
    },
  }
}
