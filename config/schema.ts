import { z } from 'zod'
import type { Plans } from '../provider/kernel/entitlements.ts'
import type { AuditRetentionDays, UpstreamMfa } from './config-file-schema.ts'
import { admissionSettings } from './admission-settings.ts'
import { keySettings } from './key-settings.ts'
import { lifetimeSettings } from './lifetime-settings.ts'
import { type AboutSetting, aboutSettings, optionalSetting, seconds, setting } from './setting.ts'
import {
  authenticatorModels,
  bearerToken,
  certificates,
  contact,
  filePath,
  headerName,
  ipAddress,
  networks,
  oneLine,
  origin,
  origins,
  redisAddress,
  relyingParty,
  sender,
  urlWith,
  webAddress,
  wholeNumber,
  yesOrNo,
} from './values.ts'

/** Every setting that is a single value. */
export const settingsSchema = z.object({
  issuer: setting('ISSUER', origin, 'http://localhost:3000', {
    documentation: 'The address of this installation, as browsers and apps see it. With `PORT` alone, `http://localhost:<PORT>`.',
    expected: 'an origin without a path, https unless it is this machine, such as https://id.example.com',
  }),
  port: setting('PORT', wholeNumber(1, 65_535), '3000', {
    documentation: 'The port to listen on. With `ISSUER` alone, and that on this machine, the port of `ISSUER`.',
    expected: 'a port from 1 to 65535',
  }),
  listenAddress: optionalSetting('LISTEN_ADDRESS', ipAddress, {
    documentation:
      'The IP address to listen on; `0.0.0.0` or `::` are all. Without it, all of them, or this machine alone where `ISSUER` is on it.',
    expected: 'an IP address of this machine, 0.0.0.0 or ::',
  }),
  dataDirectory: setting('DATA_DIR', filePath, '.data', {
    documentation: 'The folder for the key file, and for the embedded database and the mailbox where those are used.',
    expected: 'a folder',
  }),
  configFile: optionalSetting('LATCHKEY_CONFIG', filePath, {
    documentation: 'A YAML or JSON file with what has structure: `apps`, `upstreams`, `audit`, `plans`.',
    expected: 'the name of a YAML or JSON file',
  }),
  databaseUrl: optionalSetting('DATABASE_URL', urlWith('postgres:', 'postgresql:'), {
    documentation: 'The PostgreSQL database (15 or newer). Without it, the embedded one in `DATA_DIR`.',
    expected: 'postgres://user:password@host:5432/database',
    secret: true,
  }),
  databaseMigrationUrl: optionalSetting('DATABASE_MIGRATION_URL', urlWith('postgres:', 'postgresql:'), {
    documentation: 'The same database with the login that owns the tables, connected directly, for migrations.',
    expected: 'postgres://owner:password@host:5432/database',
    secret: true,
  }),
  databasePooled: setting('DATABASE_POOLED', yesOrNo, 'false', {
    documentation: '`true` where `DATABASE_URL` leads to a pooler in transaction mode, such as PgBouncer.',
    expected: 'true or false',
  }),
  databasePoolSize: setting('DATABASE_POOL_SIZE', wholeNumber(2, 1000), '10', {
    documentation: 'How many connections to PostgreSQL each process opens at most.',
    expected: 'a whole number from 2 to 1000',
  }),
  redisUrl: optionalSetting('REDIS_URL', redisAddress, {
    documentation:
      'Redis (7 or newer), which several nodes share: one server, Sentinel or Cluster. Without it, the memory of the one process.',
    expected:
      'redis://user:password@host:6379, redis+sentinel://host:26379,host:26379/name or redis+cluster://host:6379,host:6379; rediss for TLS',
    secret: true,
  }),
  smtpUrl: optionalSetting('SMTP_URL', urlWith('smtp:', 'smtps:'), {
    documentation: 'The server that sends the mail. Without it, and only on this machine, mail goes to the mailbox page.',
    expected: 'smtp://user:password@host:587, or smtps:// for TLS from the start',
    secret: true,
  }),
  mailFrom: optionalSetting('MAIL_FROM', sender, {
    documentation: 'The sender of every mail. Needed with `SMTP_URL`.',
    expected: 'an address such as no-reply@example.com, or Example <no-reply@example.com>',
  }),
  mailCodeInSubject: setting('MAIL_CODE_IN_SUBJECT', yesOrNo, 'false', {
    documentation: '`true` puts the code into the subject too: quicker to read, also for somebody who sees the locked screen.',
    expected: 'true or false',
  }),
  ...keySettings,
  trustedProxies: setting('TRUSTED_PROXIES', wholeNumber(0, 10), '0', {
    documentation:
      'How many reverse proxies stand before every request. Only that many entries of `X-Forwarded-For` are believed.',
    expected: 'a whole number from 0 to 10',
  }),
  geoHeader: optionalSetting('GEO_HEADER', headerName, {
    documentation:
      'The request header in which the outermost proxy says where a request comes from: a country code, as in `CF-IPCountry`, or words. Needs `TRUSTED_PROXIES`.',
    expected: 'the name of a request header, such as CF-IPCountry',
  }),
  geoipFile: optionalSetting('GEOIP_FILE', filePath, {
    documentation:
      'A GeoIP database of cities or countries (`.mmdb`), for where a session began. Read again when it is replaced.',
    expected: 'the name of a file in the format MaxMind DB',
  }),
  egressAllow: setting('EGRESS_ALLOW', networks, '', {
    documentation: 'Private networks in which apps and upstreams may be called, in CIDR notation, separated by commas.',
    expected: 'networks such as 10.1.0.0/16, fd00::/8',
  }),
  concurrency: setting('WEB_CONCURRENCY', wholeNumber(1, 64), '1', {
    documentation: 'How many processes serve on this machine. More than one needs `DATABASE_URL` and `REDIS_URL`.',
    expected: 'a whole number from 1 to 64',
  }),
  logLevel: setting('LOG_LEVEL', z.enum(['debug', 'info', 'warn', 'error', 'silent']), 'info', {
    documentation: 'How much is logged: `debug`, `info`, `warn`, `error` or `silent`.',
    expected: 'debug, info, warn, error or silent',
  }),
  metricsToken: optionalSetting('METRICS_TOKEN', bearerToken, {
    documentation:
      'What Prometheus shows as `Authorization: Bearer` to read `/metrics`. Without it there is no such page. At least 32 characters.',
    expected: 'at least 32 random letters, digits or any of -._~+/',
    secret: true,
  }),
  googleClientId: optionalSetting('GOOGLE_CLIENT_ID', oneLine(255), {
    documentation: 'The client ID that Google gave this installation. With it, people can sign in with Google.',
    expected: 'the client ID, such as 1234567890-abc.apps.googleusercontent.com',
  }),
  googleClientSecret: optionalSetting('GOOGLE_CLIENT_SECRET', oneLine(255), {
    documentation: 'The client secret that belongs to `GOOGLE_CLIENT_ID`.',
    expected: 'the client secret, on one line',
    secret: true,
  }),
  microsoftClientId: optionalSetting('MICROSOFT_CLIENT_ID', oneLine(255), {
    documentation: 'The application ID that Microsoft gave this installation. With it, people can sign in with Microsoft.',
    expected: 'the application (client) ID, a UUID',
  }),
  microsoftClientSecret: optionalSetting('MICROSOFT_CLIENT_SECRET', oneLine(255), {
    documentation: 'The value of a client secret of `MICROSOFT_CLIENT_ID`.',
    expected: 'the value of the client secret, on one line',
    secret: true,
  }),
  ...admissionSettings,
  signingAlgorithm: setting('SIGNING_ALGORITHM', z.enum(['ES256', 'RS256', 'EdDSA']), 'ES256', {
    documentation: 'What tokens are signed with: `ES256`, `RS256` or `EdDSA`.',
    expected: 'ES256, RS256 or EdDSA',
  }),
  ...lifetimeSettings,
  auditCheckpointSeconds: seconds('AUDIT_CHECKPOINT_SECONDS', '60', 'How often the audit log is signed, if it moved (a minute).'),
  auditCheckpointFile: optionalSetting('AUDIT_CHECKPOINT_FILE', filePath, {
    documentation: 'A file that signed states of the audit log are added to: out of reach of whoever writes to the database.',
    expected: 'a file that can be added to',
  }),
  installationName: setting('INSTALLATION_NAME', oneLine(60), 'Latchkey', {
    documentation: 'Whose service this is, as pages and mails say it.',
    expected: 'a name of at most 60 characters on one line',
  }),
  helpUrl: optionalSetting('HELP_URL', webAddress, {
    documentation: 'A page with help, linked at the foot of every page.',
    expected: 'an https address',
  }),
  privacyUrl: optionalSetting('PRIVACY_URL', webAddress, {
    documentation: 'The privacy notice, linked at the foot of every page.',
    expected: 'an https address',
  }),
  securityContact: optionalSetting('SECURITY_CONTACT', contact, {
    documentation: 'Where to report a vulnerability, for `/.well-known/security.txt`: an e-mail address or an https address.',
    expected: 'an e-mail address or an https address',
  }),
  passkeyRpId: optionalSetting('PASSKEY_RP_ID', relyingParty, {
    documentation:
      'The domain that passkeys are made for: the host of `ISSUER`, as without it, or a domain above. Passkeys work for no other.',
    expected: 'the host of ISSUER or a domain above it, such as example.com',
  }),
  passkeyRelatedOrigins: setting('PASSKEY_RELATED_ORIGINS', origins, '', {
    documentation: 'Other origins that may use these passkeys, separated by commas; `/.well-known/webauthn` names them.',
    expected: 'origins such as https://id.example.org',
  }),
  passkeyAttestation: setting('PASSKEY_ATTESTATION', z.enum(['none', 'direct']), 'none', {
    documentation: '`direct`: new passkeys are asked to prove their model, by `PASSKEY_ATTESTATION_ROOTS`.',
    expected: 'none or direct',
  }),
  passkeyAttestationRoots: optionalSetting('PASSKEY_ATTESTATION_ROOTS', certificates, {
    documentation: 'The certificates, in PEM, of the makers whose word on the model of an authenticator is taken.',
    expected: 'certificates in PEM',
  }),
  acceptedAuthenticators: optionalSetting('ACCEPTED_AUTHENTICATORS', authenticatorModels, {
    documentation:
      'The models of authenticators (AAGUID) of which a passkey has to be, separated by commas. Needs `PASSKEY_ATTESTATION` and `REQUIRED_LEVEL`.',
    expected: 'AAGUIDs such as 2fc0579f-8113-47ea-b116-bb5a8db9202a, separated by commas',
  }),
})

export type Values = z.output<typeof settingsSchema>

interface UpstreamSettings {
  readonly clientId: string
  readonly secret: string
  readonly issuer: string | undefined
  readonly mfa: UpstreamMfa
}

/** The settings of this process: read once at start, never changed. Lengths of time are in seconds. */
export type Settings = Readonly<Values> & {
  /** The apps of the config file, not yet validated further. */
  readonly apps: ReadonlyArray<Readonly<Record<string, unknown>>>
  /** What the plans include that a workspace can be on. */
  readonly plans: Plans
  /** Google and Microsoft, where they are configured. */
  readonly upstreams: {
    readonly google?: UpstreamSettings & { readonly hostedDomain: string | undefined }
    readonly microsoft?: UpstreamSettings & { readonly tenants: readonly string[] | undefined }
  }
  /** By class of event; without a number, for as long as the key that opens it is kept. */
  readonly auditRetentionDays: AuditRetentionDays
  /** A deleted workspace's log: for how long after that the key that opens it is kept. */
  readonly auditDaysAfterDeletion: number
  /** What was given, or else the host of the issuer. */
  readonly passkeyRpId: string
  /** True where the issuer is this very machine, so that nobody else can reach it. */
  readonly loopback: boolean
}

/** What is said about each setting, in the order of the table. */
export function listSettings(): AboutSetting[] {
  return Object.values(settingsSchema.shape).map(kind => {
    const about = aboutSettings.get(kind)
    if (about === undefined) throw new Error('A setting is not documented.')
    return about
  })
}
