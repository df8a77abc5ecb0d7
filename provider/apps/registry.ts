import { LRUCache } from 'lru-cache'
import type { AppRecord } from '../ports/records.ts'
import type { Data } from '../ports/data.ts'
import type { Logger } from '../ports/telemetry.ts'
import { clientIdPattern } from './members.ts'
import { type AppMetadata, appMetadata } from './metadata.ts'

export interface RegisteredApp {
  clientId: string
  secretHash: Buffer | undefined
  metadata: AppMetadata
  /** An app of our own that has people sign in and wants nothing more: nobody gets a token in its name. */
  signsInOnly?: true
}

/**
 * Registered apps, as every request needs them: kept in memory for a few seconds, so a change is seen on every node soon. One that
 * this version would not register is reported once and answered as if it did not exist; others have nothing to do with it.
 */
export interface AppRegistry {
  /** The same object for as long as it is unchanged and cached. */
  find(clientId: string): Promise<RegisteredApp | undefined>
  /** The permissions that apps have registered for roles to hold, each with the app's name. */
  listPermissions(): Promise<ReadonlyArray<{ permission: string; app: string }>>
  /** Whether any app may call from this origin. Preflights do not say which app they are for. */
  isKnownOrigin(origin: string): Promise<boolean>
  /** Whether any app that has its refresh token in a cookie calls from this origin. */
  isCookieOrigin(origin: string): Promise<boolean>
}

/** What is asked of all apps together. */
interface AllApps {
  origins: ReadonlySet<string>
  cookieOrigins: ReadonlySet<string>
  permissions: ReadonlyArray<{ permission: string; app: string }>
}

const cacheMilliseconds = 5000

/** `builtIn`: apps of our own, which are in no list and nobody's to change. */
export function createAppRegistry(data: Data, log: Logger, builtIn: readonly RegisteredApp[] = []): AppRegistry {
  const unusable = new Set<string>()

  function parseRecord({ clientId, secretHash, metadata }: AppRecord): RegisteredApp | undefined {
    const parsed = appMetadata.safeParse(metadata)
    if (parsed.success) {
      unusable.delete(clientId)
      return { clientId, secretHash, metadata: parsed.data }
    }
    if (!unusable.has(clientId)) {
      unusable.add(clientId)
      const members = parsed.error.issues.flatMap(issue =>
        issue.code === 'unrecognized_keys' ? issue.keys : issue.path.join('.'),
      )
      log.error(
        { clientId, members: members.join(', ') },
        'an app is registered in a way that this version does not accept, and is treated as if it were not; register it anew',
      )
    }
    return undefined
  }

  const apps = new LRUCache<string, RegisteredApp | 'none'>({
    max: 10_000,
    ttl: cacheMilliseconds,
    fetchMethod: async clientId => {
      const record = await data.read({ kind: 'system', reason: 'protocol' }, ({ apps }) => apps.find(clientId))
      return (record && parseRecord(record)) ?? 'none'
    },
  })
  const all = new LRUCache<'all', AllApps>({
    max: 1,
    ttl: cacheMilliseconds,
    fetchMethod: async () => {
      const records = await data.read({ kind: 'system', reason: 'protocol' }, ({ apps }) => apps.list())
      const parsed = records.flatMap(record => parseRecord(record)?.metadata ?? [])
      const withCookie = parsed.filter(app => app.refresh_token_delivery === 'cookie')
      return {
        origins: new Set(parsed.flatMap(app => app.origins)),
        cookieOrigins: new Set(withCookie.flatMap(app => app.origins)),
        permissions: parsed.flatMap(app => app.permissions.map(permission => ({ permission, app: app.client_name }))),
      }
    },
  })
  return {
    async find(clientId) {
      // Anybody may name anything: what cannot be registered costs neither memory nor a question to the database.
      if (!clientIdPattern.test(clientId)) return undefined
      const own = builtIn.find(app => app.clientId === clientId)
      if (own !== undefined) return own
      const found = await apps.fetch(clientId)
      return found === 'none' ? undefined : found
    },
    async isKnownOrigin(origin) {
      return (await all.fetch('all'))?.origins.has(origin) ?? false
    },
    async isCookieOrigin(origin) {
      return (await all.fetch('all'))?.cookieOrigins.has(origin) ?? false
    },
    async listPermissions() {
      return (await all.fetch('all'))?.permissions ?? []
    },
  }
}
