import { readAddress, readName, readSignedInAt, readSubject, showsSeveralFactors } from './claims.ts'
import { type Claims, type Connection, type Refused, refuse, tenantPlaceholder, type UpstreamAccount } from './connection.ts'

export interface MicrosoftOptions {
  clientId: string
  secret: string
  /** A template with `{tenantid}`, where Microsoft is elsewhere: a national cloud, or a test. */
  issuer?: string | undefined
  mfa?: Connection['mfa'] | undefined
  /** Only accounts of these organisations, by tenant id, or `personal`. Without it every Microsoft account, personal ones included. */
  tenants?: readonly string[] | undefined
}

const id = 'microsoft'
const microsoftTemplate = 'https://login.microsoftonline.com/{tenantid}/v2.0'
/** The organisation to which Microsoft counts everybody's personal account. */
const personalAccounts = '9188040d-6c67-4c5b-b112-36a304b66dad'

export function createMicrosoftConnection(options: MicrosoftOptions): Connection {
  const { clientId, secret, issuer: template = microsoftTemplate, mfa = 'ignored' } = options
  const tenants = options.tenants?.map(tenant => (tenant === 'personal' ? personalAccounts : tenant.toLowerCase()))
  const [only, ...others] = tenants ?? []
  // An app that is registered for one organisation is served at that organisation's own address alone, under its own name.
  const single = only !== undefined && others.length === 0
  return {
    id,
    label: 'Microsoft',
    issuer: single ? issuerOf(template, only) : template,
    authority: issuerOf(template, single ? only : 'common'),
    clientId,
    secret,
    scopes: ['openid', 'email', 'profile'],
    parameters: {},
    mfa,
    interpret: claims => interpret(claims, { template, mfa, tenants }),
  }
}

interface Rules {
  template: string
  mfa: Connection['mfa']
  tenants: readonly string[] | undefined
}

function interpret(claims: Claims, { template, mfa, tenants }: Rules): UpstreamAccount | Refused {
  const subject = readSubject(claims)
  const tid = readUuid(claims['tid'])
  const oid = readUuid(claims['oid'])
  if (subject === undefined || tid === undefined || oid === undefined) return refuse('token-unacceptable')
  // One organisation's tokens say nothing about another's people: who issued a token and whose account it is have to agree.
  const issuer = issuerOf(template, tid)
  if (claims['iss'] !== issuer) return refuse('token-unacceptable')
  if (tenants !== undefined && !tenants.includes(tid)) return refuse('account-not-allowed')
  const address = readAddress(claims)
  return {
    kind: 'upstream',
    connection: id,
    issuer,
    subject,
    // An organisation's administrator can write any address into `email`. Only a domain that the organisation has proved makes it
    // theirs, which this claim says, and says as a boolean.
    address: address && { value: address.value, vouched: claims['xms_edov'] === true },
    name: readName(claims),
    pinned: { tid, oid },
    multiFactor: showsSeveralFactors(claims, mfa),
    signedInAt: readSignedInAt(claims),
  }
}

function issuerOf(template: string, tenant: string): string {
  return template.replace(tenantPlaceholder, () => tenant)
}

/** In the form in which Microsoft writes it: a token in another spelling is not one of theirs. */
function readUuid(value: unknown): string | undefined {
  const form = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/
  return typeof value === 'string' && form.test(value) ? value : undefined
}
