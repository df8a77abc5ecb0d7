import type { Connection } from './connection.ts'
import { createGoogleConnection, type GoogleOptions } from './google.ts'
import { createMicrosoftConnection, type MicrosoftOptions } from './microsoft.ts'

/** What the installation's settings say about upstreams. Without its id and secret an upstream is not configured. */
export interface ConfiguredUpstreams {
  google?: GoogleOptions | undefined
  microsoft?: MicrosoftOptions | undefined
}

/** The installation's own connections, in the order of their buttons: those that are configured. */
export function listConnections({ google, microsoft }: ConfiguredUpstreams): Connection[] {
  return [...(google ? [createGoogleConnection(google)] : []), ...(microsoft ? [createMicrosoftConnection(microsoft)] : [])]
}
