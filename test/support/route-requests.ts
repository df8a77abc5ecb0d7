import type { RunningLatchkey } from './latchkey.ts'

/** What the protocol's library serves; ours are in the route table. */
export const protocolPosts = [
  '/authorize',
  '/device',
  '/device_authorization',
  '/introspect',
  '/logout',
  '/logout/confirm',
  '/par',
  '/revoke',
  '/token',
  '/userinfo',
]

export const protocolGets = ['/authorize', '/device', '/logout', '/userinfo', '/jwks', '/.well-known/openid-configuration']

/** The URL of a route, its parameters filled in from `values`, or with something that nothing is called. */
export function urlOf(latchkey: RunningLatchkey, path: string, values: Record<string, string> = {}): string {
  return `${latchkey.issuer}${path.replaceAll(/:([a-z]+)/gi, (_all, name: string) => values[name] ?? 'nothing')}`
}

/** The routes of our own that take forms, or those that only our own pages may send forms to. */
export function listPosts(latchkey: RunningLatchkey, access?: 'browser'): string[] {
  return latchkey.routes
    .filter(route => route.method === 'POST' && (access === undefined ? route.access !== 'bearer' : route.access === access))
    .map(({ path }) => path)
}
