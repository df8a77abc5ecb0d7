import { openConnection, UnexpectedAnswer } from './browser.ts'
import type { MailInbox } from './mail-inbox.ts'

/** What the load knows about a server: its discovery document, and how a person signs in there. */
export interface Target {
  issuer: string
  authorizationEndpoint: string
  tokenEndpoint: string
  userinfoEndpoint: string
  jwksUri: string
  discoveryUrl: string
  /** Absent for the yardstick, whose login asks nothing. */
  inbox: MailInbox | undefined
  /** The yardstick's tokens for userinfo are opaque (see apps.ts). */
  opaqueProfileTokens: boolean
}

/** Reads the server's discovery document, as any client does. */
export async function discoverTarget(
  issuer: string,
  inbox: MailInbox | undefined,
  options: { opaqueProfileTokens: boolean },
): Promise<Target> {
  const discoveryUrl = `${issuer}/.well-known/openid-configuration`
  const connection = openConnection()
  const answer = await connection.send(discoveryUrl, '127.0.0.1')
  connection.close()
  if (answer.status !== 200) throw new UnexpectedAnswer('discovery', answer)
  const document = JSON.parse(answer.body) as Record<string, string>
  const endpoint = (name: string): string => {
    const url = document[name]
    if (!url) throw new Error(`the discovery document has no ${name}`)
    return url
  }
  return {
    issuer,
    authorizationEndpoint: endpoint('authorization_endpoint'),
    tokenEndpoint: endpoint('token_endpoint'),
    userinfoEndpoint: endpoint('userinfo_endpoint'),
    jwksUri: endpoint('jwks_uri'),
    discoveryUrl,
    inbox,
    ...options,
  }
}
