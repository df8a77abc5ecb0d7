import { createAttestationAuthority } from './attestation-authority.ts'
import { type Examples, keySettingsExamples } from './key-settings-examples.ts'

const maker = createAttestationAuthority()

/** With what else it takes for the others to be accepted. */
export const onPostgres = { DATABASE_URL: 'postgres://latchkey@db/latchkey' }
export const onRedis = { REDIS_URL: 'redis://cache:6379' }
export const withMail = { SMTP_URL: 'smtp://mail.example:587', MAIL_FROM: 'no-reply@example.com' }

const seconds: Pick<Examples, 'good' | 'bad'> = {
  good: [
    ['60', 60],
    ['3600', 3600],
  ],
  bad: ['59', '0', '-1', '1.5', '12h', '1e3', '99999999999999', ' 60'],
}

export const settingsExamples: Record<string, Examples> = {
  ISSUER: {
    key: 'issuer',
    good: [
      ['https://id.example.com', 'https://id.example.com'],
      ['https://id.example.com/', 'https://id.example.com'],
      ['https://ID.Example.com:443', 'https://id.example.com'],
      ['https://id.example.com:8443', 'https://id.example.com:8443'],
      ['http://localhost:3000', 'http://localhost:3000'],
      ['http://latchkey.localhost', 'http://latchkey.localhost'],
      ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
      ['http://[::1]:3000', 'http://[::1]:3000'],
    ],
    bad: [
      'http://id.example.com',
      'https://id.example.com/path',
      'https://id.example.com/?x',
      'https://id.example.com?',
      'https://id.example.com#x',
      'https://user@id.example.com',
      'https://@id.example.com',
      'id.example.com',
      'localhost:3000',
      'ftp://localhost',
      'http://localhost.example.com',
      'http://127.0.0.1.example.com',
      'https:\\\\id.example.com',
      'https://',
      'https://id example.com',
    ],
    beside: withMail,
  },
  PORT: { key: 'port', good: [['8080', 8080]], bad: ['0', '65536', '-1', '80a', '0x50', '80.0', '١٢'] },
  LISTEN_ADDRESS: {
    key: 'listenAddress',
    good: [
      ['0.0.0.0', '0.0.0.0'],
      ['::', '::'],
      ['10.0.0.5', '10.0.0.5'],
    ],
    bad: ['localhost', '*', '[::1]', '127.0.0.1:3000', '10.0.0.0/8'],
  },
  DATA_DIR: { key: 'dataDirectory', good: [['/var/lib/latchkey', '/var/lib/latchkey']], bad: ['a\0b'] },
  LATCHKEY_CONFIG: { key: 'configFile', good: [['/dev/null', '/dev/null']], bad: ['/nowhere/latchkey.yaml', '/'] },
  DATABASE_URL: {
    key: 'databaseUrl',
    good: [
      ['postgres://latchkey:secret@db:5432/latchkey', 'postgres://latchkey:secret@db:5432/latchkey'],
      ['postgresql:///latchkey?host=/run/postgresql', 'postgresql:///latchkey?host=/run/postgresql'],
    ],
    bad: ['mysql://u:hunter2@db/latchkey', 'hunter2:5432', 'hunter2', 'postgres://u:hunter2@a b/c'],
  },
  DATABASE_MIGRATION_URL: {
    key: 'databaseMigrationUrl',
    good: [['postgres://owner:secret@db/latchkey', 'postgres://owner:secret@db/latchkey']],
    bad: ['mysql://u:hunter2@db/latchkey', 'hunter2'],
    beside: onPostgres,
  },
  DATABASE_POOLED: {
    key: 'databasePooled',
    good: [
      ['true', true],
      ['false', false],
    ],
    bad: ['yes', '1', 'TRUE'],
    beside: { ...onPostgres, DATABASE_MIGRATION_URL: 'postgres://owner@db/latchkey' },
  },
  DATABASE_POOL_SIZE: { key: 'databasePoolSize', good: [['20', 20]], bad: ['1', '1001', 'many'] },
  REDIS_URL: {
    key: 'redisUrl',
    good: [
      ['redis://cache:6379', 'redis://cache:6379'],
      ['rediss://:secret@cache:6379/1', 'rediss://:secret@cache:6379/1'],
      ['redis+sentinel://a:26379,b:26379/main?db=0', 'redis+sentinel://a:26379,b:26379/main?db=0'],
      ['rediss+cluster://a:6379,b:6379', 'rediss+cluster://a:6379,b:6379'],
    ],
    bad: ['http://hunter2@cache', 'hunter2:6379', 'redis:///hunter2', 'redis+ring://hunter2@a', 'redis://hunter2@a b'],
  },
  SMTP_URL: {
    key: 'smtpUrl',
    good: [
      ['smtp://user:secret@mail:587', 'smtp://user:secret@mail:587'],
      ['smtps://mail', 'smtps://mail'],
    ],
    bad: ['hunter2:587', 'https://hunter2@mail', 'hunter2'],
    beside: { MAIL_FROM: 'no-reply@example.com' },
  },
  MAIL_FROM: {
    key: 'mailFrom',
    good: [
      ['no-reply@example.com', { name: '', address: 'no-reply@example.com' }],
      ['Example <no-reply@example.com>', { name: 'Example', address: 'no-reply@example.com' }],
      ['<no-reply@example.com>', { name: '', address: 'no-reply@example.com' }],
    ],
    bad: [
      'Example',
      'a@example.com, b@example.com',
      'Example\r\nBcc: x@example.com <a@example.com>',
      'Example <>',
      '"x" <a@example.com>',
    ],
  },
  MAIL_CODE_IN_SUBJECT: { key: 'mailCodeInSubject', good: [['true', true]], bad: ['on'] },
  ...keySettingsExamples,
  TRUSTED_PROXIES: { key: 'trustedProxies', good: [['2', 2]], bad: ['11', '-1', 'true', '10.0.0.0/8'] },
  GEO_HEADER: {
    key: 'geoHeader',
    good: [['CF-IPCountry', 'CF-IPCountry']],
    bad: ['CF IPCountry', 'CF-IPCountry:', '-', 'ä'],
    beside: { TRUSTED_PROXIES: '1' },
  },
  GEOIP_FILE: { key: 'geoipFile', good: [['/var/lib/GeoLite2-City.mmdb', '/var/lib/GeoLite2-City.mmdb']], bad: ['a\0b'] },
  EGRESS_ALLOW: {
    key: 'egressAllow',
    good: [
      ['10.1.0.0/16', ['10.1.0.0/16']],
      ['10.1.0.0/16, fd00::/8 192.168.1.5/32', ['10.1.0.0/16', 'fd00::/8', '192.168.1.5/32']],
    ],
    bad: ['10.1.0.0', '10.1.0.0/33', 'intranet', ',', 'fd00::/129'],
  },
  WEB_CONCURRENCY: { key: 'concurrency', good: [['4', 4]], bad: ['0', '65', 'auto'], beside: { ...onPostgres, ...onRedis } },
  LOG_LEVEL: { key: 'logLevel', good: [['debug', 'debug']], bad: ['verbose', 'INFO'] },
  METRICS_TOKEN: {
    key: 'metricsToken',
    good: [['0123456789abcdefghijklmnopqrstuv', '0123456789abcdefghijklmnopqrstuv']],
    bad: ['hunter2', 'hunter2 hunter2 hunter2 hunter2 hunter2', `${'hunter2'.repeat(5)}"`],
  },
  GOOGLE_CLIENT_ID: {
    key: 'googleClientId',
    good: [['1234-abc.apps.googleusercontent.com', '1234-abc.apps.googleusercontent.com']],
    bad: [' ', 'a\nb'],
    beside: { GOOGLE_CLIENT_SECRET: 'GOCSPX-secret' },
  },
  GOOGLE_CLIENT_SECRET: {
    key: 'googleClientSecret',
    good: [['GOCSPX-secret', 'GOCSPX-secret']],
    bad: ['hunter2\nhunter2', 'hunter2'.repeat(40)],
    beside: { GOOGLE_CLIENT_ID: '1234' },
  },
  MICROSOFT_CLIENT_ID: {
    key: 'microsoftClientId',
    good: [['6731de76-14a6-49ae-97bc-6eba6914391e', '6731de76-14a6-49ae-97bc-6eba6914391e']],
    bad: [' ', 'a\nb'],
    beside: { MICROSOFT_CLIENT_SECRET: 'abc~secret' },
  },
  MICROSOFT_CLIENT_SECRET: {
    key: 'microsoftClientSecret',
    good: [['abc~secret', 'abc~secret']],
    bad: ['hunter2\nhunter2'],
    beside: { MICROSOFT_CLIENT_ID: '6731de76-14a6-49ae-97bc-6eba6914391e' },
  },
  SIGN_UP: { key: 'signUp', good: [['closed', 'closed']], bad: ['open', 'false'] },
  NEW_USER_WORKSPACE: {
    key: 'newUserWorkspace',
    good: [
      ['invited', 'invited'],
      ['founded', 'founded'],
    ],
    bad: ['none', 'Personal'],
  },
  REQUIRED_LEVEL: {
    key: 'requiredLevel',
    good: [
      ['any-second-factor', 'any-second-factor'],
      ['phishing-resistant', 'phishing-resistant'],
    ],
    bad: ['mfa', 'true'],
  },
  REQUIRED_FROM: {
    key: 'requiredFrom',
    good: [['2030-01-31', new Date('2030-01-31T00:00:00Z')]],
    bad: ['2030-02-30', '31.1.2030', '2030-01-31T12:00:00Z', 'tomorrow'],
    beside: { REQUIRED_LEVEL: 'any-second-factor' },
  },
  SIGNING_ALGORITHM: { key: 'signingAlgorithm', good: [['EdDSA', 'EdDSA']], bad: ['HS256', 'none', 'es256'] },
  SESSION_IDLE_SECONDS: { key: 'sessionIdleSeconds', ...seconds },
  SESSION_MAX_SECONDS: { key: 'sessionMaxSeconds', ...seconds, beside: { SESSION_IDLE_SECONDS: '60' } },
  REFRESH_IDLE_SECONDS: { key: 'refreshIdleSeconds', ...seconds },
  REFRESH_MAX_SECONDS: { key: 'refreshMaxSeconds', ...seconds, beside: { REFRESH_IDLE_SECONDS: '60' } },
  ERASURE_GRACE_SECONDS: { key: 'erasureGraceSeconds', ...seconds },
  ACCESS_PASS_SECONDS: { key: 'accessPassSeconds', ...seconds },
  INVITATION_SECONDS: { key: 'invitationSeconds', ...seconds },
  WORKSPACE_GRACE_SECONDS: { key: 'workspaceGraceSeconds', ...seconds },
  AUDIT_CHECKPOINT_SECONDS: { key: 'auditCheckpointSeconds', ...seconds },
  AUDIT_CHECKPOINT_FILE: { key: 'auditCheckpointFile', good: [['/mnt/worm/states', '/mnt/worm/states']], bad: ['a\0b'] },
  INSTALLATION_NAME: {
    key: 'installationName',
    good: [['Fieldnotes ID', 'Fieldnotes ID']],
    bad: [' ', 'a\nb', 'x'.repeat(61), 'a\u202eb'],
  },
  HELP_URL: {
    key: 'helpUrl',
    good: [['https://example.com/help?x=1', 'https://example.com/help?x=1']],
    bad: ['http://example.com', 'javascript:alert(1)', 'example.com', 'https://a:b@example.com'],
  },
  PRIVACY_URL: {
    key: 'privacyUrl',
    good: [['https://example.com/privacy', 'https://example.com/privacy']],
    bad: ['data:text/html,x'],
  },
  SECURITY_CONTACT: {
    key: 'securityContact',
    good: [
      ['security@example.com', 'security@example.com'],
      ['mailto:security@example.com', 'security@example.com'],
      ['https://example.com/security', 'https://example.com/security'],
    ],
    bad: ['security', 'mailto:', 'http://example.com', 'security@example.com\nx'],
  },
  PASSKEY_RP_ID: {
    key: 'passkeyRpId',
    good: [
      ['id.example.com', 'id.example.com'],
      ['Example.com', 'example.com'],
    ],
    bad: ['com', 'co.uk', 'other.example', 'xample.com', 'https://example.com', '.example.com', '10.0.0.1'],
    beside: { ISSUER: 'https://id.example.com' },
  },
  PASSKEY_RELATED_ORIGINS: {
    key: 'passkeyRelatedOrigins',
    good: [['https://id.example.org, https://ID.example.net/', ['https://id.example.org', 'https://id.example.net']]],
    bad: ['id.example.org', 'https://id.example.org/path', 'http://id.example.org'],
  },
  PASSKEY_ATTESTATION: {
    key: 'passkeyAttestation',
    good: [['none', 'none']],
    bad: ['indirect', 'direct '],
  },
  PASSKEY_ATTESTATION_ROOTS: {
    key: 'passkeyAttestationRoots',
    good: [[`# a maker\n${maker.root}\n${maker.root}`, [maker.root.trim(), maker.root.trim()]]],
    bad: ['roots.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
  },
  ACCEPTED_AUTHENTICATORS: {
    key: 'acceptedAuthenticators',
    good: [
      ['2fc0579f-8113-47ea-b116-bb5a8db9202a', ['2fc0579f-8113-47ea-b116-bb5a8db9202a']],
      [
        'CB69481E-8FF7-4039-93EC-0A2729A154A8, 50726f74-6f6e-5061-7373-50726f746f6e',
        ['cb69481e-8ff7-4039-93ec-0a2729a154a8', '50726f74-6f6e-5061-7373-50726f746f6e'],
      ],
    ],
    bad: ['YubiKey 5 NFC', '2fc0579f811347eab116bb5a8db9202a', ',', '00000000-0000-0000-0000-000000000000'],
    beside: {
      REQUIRED_LEVEL: 'phishing-resistant',
      PASSKEY_ATTESTATION: 'direct',
      PASSKEY_ATTESTATION_ROOTS: maker.root,
    },
  },
}
