import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Limit } from '../http/limits.ts'
import { type Route, route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import type { Egress } from '../ports/egress.ts'
import type { AppRegistry, RegisteredApp } from './registry.ts'

const limits: Limit[] = [{ name: 'logos', by: 'address', points: 600, windowSeconds: 60 }]
const params = z.object({ clientId: z.string().max(64) })

/** Pictures that are nothing but pictures: an SVG can hold script. */
const pictureTypes = ['image/png', 'image/jpeg', 'image/webp'] as const
const cacheMilliseconds = 3_600_000
const failureCacheMilliseconds = 60_000

/** Where an app's logo is shown from; undefined where it was registered without. */
export function logoPath(app: RegisteredApp): string | undefined {
  return app.metadata.logo_uri === undefined ? undefined : `/apps/${app.clientId}/logo`
}

type Picture = { type: (typeof pictureTypes)[number]; body: Buffer }

/**
 * The logos of apps, fetched once an hour and served by us: a sign-in page that loaded them from elsewhere would tell
 * somebody else who is signing in.
 */
export function logoRoutes({ registry, egress }: { registry: AppRegistry; egress: Egress }): Route[] {
  const pictures = new LRUCache<string, Picture | 'none'>({
    max: 200,
    fetchMethod: async (url, _stale, { options }) => {
      const picture = await fetchPicture(egress, url)
      options.ttl = picture === 'none' ? failureCacheMilliseconds : cacheMilliseconds
      return picture
    },
  })
  return [
    route({
      method: 'GET',
      path: '/apps/:clientId/logo',
      access: 'public',
      mode: { system: 'protocol' },
      limits,
      params,
      async handler({ params: { clientId } }) {
        const url = (await registry.find(clientId))?.metadata.logo_uri
        const picture = url === undefined ? undefined : await pictures.fetch(url)
        if (picture === undefined || picture === 'none') throw new AppError('not-found')
        return { kind: 'picture', body: picture.body, type: picture.type }
      },
    }),
  ]
}

async function fetchPicture(egress: Egress, url: string): Promise<Picture | 'none'> {
  try {
    const response = await egress.fetch(url, { headers: { accept: pictureTypes.join(', ') } })
    const type = pictureTypes.find(each => response.headers.get('content-type')?.startsWith(each))
    if (response.status !== 200 || type === undefined) return 'none'
    return { type, body: Buffer.from(await response.arrayBuffer()) }
  } catch {
    // A logo that cannot be had is no reason to keep anybody from signing in: the page shows the app's initial.
    return 'none'
  }
}
