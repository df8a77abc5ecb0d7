/**
 * A Google of the bench's own: a process whose CPU is not counted. Whoever comes says in a header who they are, and is sent back
 * at once. Sends where it is and its credentials to the parent when it is ready.
 */
import { randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import { signToken } from '../support/forged-tokens.ts'
import { FakeUpstream } from '../support/upstreams.ts'
import { personHeader } from './upstream-person.ts'

export interface UpstreamPlace {
  issuer: string
  clientId: string
  clientSecret: string
}

const upstream = await new FakeUpstream({ redirectUri: 'http://localhost/' }).start()
/** By code; each is good once. */
const asked = new Map<string, { sub: string; nonce: string | null }>()

const authorize: RequestListener = (request, response) => {
  const query = new URL(request.url ?? '/', upstream.origin).searchParams
  const code = randomBytes(16).toString('hex')
  asked.set(code, { sub: String(request.headers[personHeader]), nonce: query.get('nonce') })
  const back = new URL(query.get('redirect_uri') ?? '')
  back.search = new URLSearchParams({ code, state: query.get('state') ?? '', iss: upstream.issuer }).toString()
  response.writeHead(303, { location: back.href }).end()
}

async function tokenFor(code: string): Promise<string> {
  const { sub, nonce } = asked.get(code) ?? { sub: 'nobody', nonce: null }
  asked.delete(code)
  const iat = Math.floor(Date.now() / 1000)
  return signToken({
    header: { alg: upstream.key.alg ?? '', kid: upstream.key.kid ?? '', typ: 'JWT' },
    claims: {
      iss: upstream.issuer,
      aud: upstream.clientId,
      sub,
      iat,
      exp: iat + 600,
      nonce,
      email: `${sub}@gmail.com`,
      email_verified: true,
    },
    key: upstream.key,
  })
}

async function exchange(...[request, response]: Parameters<RequestListener>): Promise<void> {
  const code = new URLSearchParams(await text(request)).get('code') ?? ''
  const answer = { access_token: code, token_type: 'Bearer', expires_in: 600, id_token: await tokenFor(code) }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
}

upstream.behave = { authorization: authorize, token: (request, response) => void exchange(request, response) }
const { issuer, clientId, clientSecret } = upstream
const place: UpstreamPlace = { issuer, clientId, clientSecret }
process.send?.(place)
process.on('disconnect', () => process.exit(0))
