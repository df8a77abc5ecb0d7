import { cpus, loadavg, release, totalmem } from 'node:os'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Stores } from './stores.ts'

/** The lines that tell on what the figures were taken. */
export function describeMachine(stores: Stores | undefined): string[] {
  const [cpu] = cpus()
  const packages = ['oidc-provider', 'koa', 'pg', 'kysely', 'ioredis', 'pg-boss', 'nodemailer', '@electric-sql/pglite']
  return [
    `CPU: ${cpu?.model ?? 'unknown'}, ${cpus().length} cores`,
    `Memory: ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `System: Linux ${release()}, Node ${process.versions.node}`,
    ...(stores
      ? [
          `Stores: PostgreSQL ${stores.versions.postgres} (fsync on, shared_buffers 128 MB), Redis ${stores.versions.redis} (no persistence)`,
        ]
      : []),
    `Packages: ${packages.map(name => `${name} ${installedVersion(name)}`).join(', ')}`,
    `Load average at the start: ${loadavg()
      .map(value => value.toFixed(2))
      .join(' ')}`,
  ]
}

function installedVersion(name: string): string {
  const file = join(import.meta.dirname, '../../node_modules', name, 'package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
