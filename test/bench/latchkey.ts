import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { findFreePort } from '../support/servers.ts'
import { allApps } from './apps.ts'
import { type ServerProcess, startServer } from './subject.ts'
import type { UpstreamPlace } from './upstream.ts'

export const serverBundle = join(import.meta.dirname, '../../.build/main.mjs')

export interface LatchkeySettings {
  /** Where data, configuration and log go; may hold the data of an earlier start. */
  folder: string
  smtpPort: number
  google: UpstreamPlace
  /** Absent: embedded. */
  stores?: { databaseUrl: string; redisUrl: string }
  /** The bundle that is started; the one that was built, where none is given. */
  script?: string
  /** One that is free, where none is given. The issuer names it, and what was issued names the issuer. */
  port?: number
}

/** Starts Latchkey as an operator would behind one proxy. */
export async function startLatchkey({
  folder,
  smtpPort,
  google,
  stores,
  script = serverBundle,
  port,
}: LatchkeySettings): Promise<ServerProcess> {
  mkdirSync(folder, { recursive: true })
  const configuration = join(folder, 'latchkey.yaml')
  const apps = allApps.map(app => ({ ...app, first_party: true }))
  writeFileSync(configuration, stringify({ apps, upstreams: { google: { issuer: google.issuer } } }))
  return startServer({
    script,
    port: port ?? (await findFreePort()),
    logFile: join(folder, 'server.log'),
    environment: {
      DATA_DIR: join(folder, 'data'),
      LATCHKEY_CONFIG: configuration,
      SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
      MAIL_FROM: 'Latchkey <sign-in@bench.example>',
      TRUSTED_PROXIES: '1',
      GOOGLE_CLIENT_ID: google.clientId,
      GOOGLE_CLIENT_SECRET: google.clientSecret,
      LOG_LEVEL: 'warn',
      ...(stores ? { DATABASE_URL: stores.databaseUrl, REDIS_URL: stores.redisUrl } : {}),
    },
  })
}
