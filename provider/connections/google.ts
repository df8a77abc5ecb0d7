import {
  normaliseDomain,
  readAddress,
  readName,
  readSignedInAt,
  readSubject,
  showsSeveralFactors,
  type ClaimedAddress,
} from './claims.ts'
import { type Claims, type Connection, type Refused, refuse, type UpstreamAccount } from './connection.ts'

export interface GoogleOptions {
  clientId: string
  secret: string
  issuer?: string | undefined
  mfa?: Connection['mfa'] | undefined
  /** Only accounts of this Google Workspace domain. */
  hostedDomain?: string | undefined
}

const id = 'google'
const googleIssuer = 'https://accounts.google.com'
/** Google runs these mailboxes itself, so it knows who holds one. */
const ownDomains = new Set(['gmail.com', 'googlemail.com'])

export function createGoogleConnection(options: GoogleOptions): Connection {
  const { clientId, secret, issuer = googleIssuer, mfa = 'ignored' } = options
  const hostedDomain = options.hostedDomain === undefined ? undefined : normaliseDomain(options.hostedDomain)
  return {
    id,
    label: 'Google',
    issuer,
    authority: issuer,
    clientId,
    secret,
    scopes: ['openid', 'email', 'profile'],
    // Shows the right accounts first. It proves nothing: anybody can take it out of the address, so the claim is what is looked at.
    parameters: hostedDomain === undefined ? {} : { hd: hostedDomain },
    mfa,
    interpret: claims => interpret(claims, { issuer, mfa, hostedDomain }),
  }
}

interface Rules {
  issuer: string
  mfa: Connection['mfa']
  hostedDomain: string | undefined
}

function interpret(claims: Claims, { issuer, mfa, hostedDomain }: Rules): UpstreamAccount | Refused {
  const subject = readSubject(claims)
  if (claims['iss'] !== issuer || subject === undefined) return refuse('token-unacceptable')
  const workspaceDomain = readHostedDomain(claims)
  if (hostedDomain !== undefined && workspaceDomain !== hostedDomain) return refuse('account-not-allowed')
  const address = readAddress(claims)
  return {
    kind: 'upstream',
    connection: id,
    issuer,
    subject,
    address: address && { value: address.value, vouched: isAuthority(claims, address, workspaceDomain) },
    name: readName(claims),
    pinned: {},
    multiFactor: showsSeveralFactors(claims, mfa),
    signedInAt: readSignedInAt(claims),
  }
}

/**
 * Google has seen that the person receives mail at any address of theirs, once; it runs only the mailboxes of its own domains and of
 * the Google Workspace domain that `hd` names. Any other address may belong to somebody else by now.
 */
function isAuthority(claims: Claims, { domain }: ClaimedAddress, workspaceDomain: string | undefined): boolean {
  return claims['email_verified'] === true && (ownDomains.has(domain) || domain === workspaceDomain)
}

function readHostedDomain({ hd }: Claims): string | undefined {
  return typeof hd === 'string' ? normaliseDomain(hd) : undefined
}
