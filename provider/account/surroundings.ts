import type { MailContext } from '../../views/emails/mail-context.ts'
import type { Locale } from '../../views/page-context.ts'
import type { AppRegistry } from '../apps/registry.ts'
import type { Connection } from '../connections/connection.ts'
import type { Clock } from '../kernel/clock.ts'
import type { SessionEnder } from '../oidc/end-sessions.ts'
import type { Pages } from '../http/pages.ts'
import type { BrowserSessions } from '../oidc/signed-in.ts'
import type { Data } from '../ports/data.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import type { Store } from '../ports/store.ts'
import type { RecoveryCodes } from '../recovery-codes/recovery-codes.ts'
import type { ShownCodes } from '../recovery-codes/shown-codes.ts'
import type { SignInAs } from '../oidc/signing-in-first.ts'
import type { SignInMethod } from '../sign-in/method.ts'
import type { UpstreamVisits } from '../sign-in/upstream-visits.ts'
import type { Notices } from '../users/notices.ts'
import type { NewUserWorkspace } from '../workspaces/founding.ts'
import type { AccountRouteMaker } from './account-route.ts'

/** What the pages of an account are made with. */
export interface AccountParts {
  accountRoute: AccountRouteMaker
  issuer: string
  /** Whether the issuer is this machine, and nobody else's. */
  loopback: boolean
  installationName: string
  data: Data
  store: Store
  cipher: FieldCipher
  rateLimiter: RateLimiter
  clock: Clock
  pages: Pages
  registry: AppRegistry
  methods: readonly SignInMethod[]
  sessions: BrowserSessions
  signInAs: SignInAs
  sessionEnder: SessionEnder
  recoveryCodes: RecoveryCodes
  shownCodes: ShownCodes
  notices: Notices
  connections: readonly Connection[]
  visits: UpstreamVisits
  /** The domain that passkeys are made for. */
  rpId: string
  /** What somebody may do for themselves who has no workspace. */
  newUserWorkspace: NewUserWorkspace
  /** How long a deletion can be taken back. */
  erasureGraceSeconds: number
}

/** What mails of the account say of who sends them. */
export function mailContextFor({ issuer, installationName }: AccountParts, locale: Locale): MailContext {
  return { locale, issuerHost: new URL(issuer).host, installationName }
}

/** What a connection is called on pages and in mails: its id where it was set up once and is no longer. */
export function nameConnection({ connections }: Pick<AccountParts, 'connections'>, id: string): string {
  return connections.find(connection => connection.id === id)?.label ?? id
}
