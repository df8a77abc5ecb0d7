/// <reference lib="dom" />
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { element } from './element.ts'

/** Claims in the order in which they are read: who, where, what, when, how. */
const meanings: Record<string, string> = {
  sub: 'Who it is about',
  workspace: 'Which workspace it is for',
  roles: 'Roles there',
  permissions: 'What these roles permit',
  iss: 'Who issued it',
  aud: 'Which APIs may accept it',
  client_id: 'Which app asked for it',
  scope: 'What it allows the app',
  iat: 'Issued',
  exp: 'Expires',
  auth_time: 'Last signed in',
  acr: 'How strong the sign-in was',
  amr: 'How the person signed in',
  sid: 'Which session it belongs to',
  jti: 'Its own number',
  typ: 'What kind of token it is',
  alg: 'How it is signed',
  kid: 'Which of the issuer’s keys signed it',
}

/** What the page shows of an access token. Only for showing: whether it is good is for the API to decide. */
export interface TokenFacts {
  workspace: { id: string; slug: string } | undefined
  roles: string[]
  sid: string | undefined
}

export function readTokenFacts(token: string): TokenFacts {
  const { workspace, roles, sid } = decodeJwt<Partial<TokenFacts>>(token)
  return { workspace, roles: roles ?? [], sid }
}

/** Rows for a table: claim and meaning, value and what it says to a person. */
export function renderTokenRows(token: string): HTMLElement[] {
  const claims: Record<string, unknown> = { ...decodeProtectedHeader(token), ...decodeJwt(token) }
  const names = new Set([...Object.keys(meanings).filter(name => name in claims), ...Object.keys(claims)])
  return Array.from(names, claim => {
    const name = element('th', '', element('code', '', claim), element('span', 'meaning', meanings[claim] ?? ''))
    name.setAttribute('scope', 'row')
    return element('tr', '', name, element('td', '', ...renderValue(claim, claims[claim])))
  })
}

function renderValue(claim: string, value: unknown): HTMLElement[] {
  const shown = element('code', '', describeValue(value))
  if (!['iat', 'exp', 'auth_time'].includes(claim)) return [shown]
  const moment = new Date(Number(value) * 1000)
  const readable = element('time', 'meaning', moment.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' }))
  readable.setAttribute('datetime', moment.toISOString())
  return [shown, readable]
}

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ') || 'none'
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([name, part]) => `${name}: ${describeValue(part)}`)
    .join('\n')
}
