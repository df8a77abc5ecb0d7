import { hash } from 'node:crypto'
import { z } from 'zod'
import { registerApp, removeApp, replaceApp } from '../apps/changes.ts'
import { clientIdPattern } from '../apps/members.ts'
import { parseApp } from '../apps/registration.ts'
import { needsSecret } from '../apps/registration-rules.ts'
import { appMetadata } from '../apps/metadata.ts'
import { AppError } from '../kernel/errors.ts'
import { newSecret } from '../kernel/secrets.ts'
import type { AppRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { exampleMoment } from './example-ids.ts'
import type { ApiRoute } from './operation.ts'
import type { ApiParts } from './parts.ts'
import { moment } from './schemas.ts'

const metadata = z.record(z.string(), z.unknown())

const appAnswer = z.strictObject({
  client_id: z.string(),
  source: z.enum(['config', 'command-line', 'api', 'console']).describe('Where it was registered.'),
  created_at: moment,
  metadata: metadata.describe('OpenID Connect Dynamic Client Registration 1.0 §2, and ours: README.md names them.'),
  version: z.string().describe('Also its ETag.'),
})

const newAppAnswer = appAnswer.extend({
  client_secret: z.string().nullable().describe('Shown this once; null for an app that keeps none.'),
})

const appBody = metadata.describe('The metadata, `client_secret` apart: it is made here, for an app that keeps one.')

const exampleMetadata = {
  client_id: 'bookkeeper',
  client_name: 'Bookkeeper',
  redirect_uris: ['https://books.example.com/callback'],
  first_party: true,
}

const appExample = {
  client_id: 'bookkeeper',
  source: 'api',
  created_at: exampleMoment,
  metadata: exampleMetadata,
  version: 'd4Yv1q3hE7k',
}

const versionBytes = 8

/** Another one for other metadata. */
function versionOfApp(app: AppRecord): string {
  const known = [app.secretHash?.toString('base64'), Object.entries(app.metadata).toSorted(([a], [b]) => (a < b ? -1 : 1))]
  return hash('sha256', JSON.stringify(known), 'buffer').toString('base64url', 0, versionBytes)
}

function describeApp(app: AppRecord): z.input<typeof appAnswer> {
  const { clientId, source, createdAt, metadata: registered } = app
  return {
    client_id: clientId,
    source,
    created_at: createdAt.toISOString(),
    metadata: registered,
    version: versionOfApp(app),
  }
}

async function findApp({ apps }: Repositories, clientId: string): Promise<AppRecord> {
  const app = clientIdPattern.test(clientId) ? await apps.find(clientId) : undefined
  if (app === undefined) throw new AppError('not-found')
  return app
}

/** The operator's own are made, changed and removed where the operator is: in the config file and on the command line. */
function assertNotSystem(app: AppRecord): void {
  if (app.metadata['system'] === true)
    throw new AppError('forbidden', { detail: 'An app of the operator’s is changed and removed on the command line.' })
}

/** The apps of the installation, for the operator's. */
export function appRoutes({ systemRoute, issuer, clock }: ApiParts): ApiRoute[] {
  const about = 'Apps'

  function read(body: Record<string, unknown>, clientSecret: string | undefined): AppRecord {
    if ('client_secret' in body) throw new AppError('bad-request', { detail: 'body.client_secret: it is made here, not sent.' })
    const input = { ...body, ...(clientSecret === undefined ? {} : { client_secret: clientSecret }) }
    return parseApp(input, { issuer, source: 'api', now: clock() })
  }

  /** A new secret for an app that keeps one; none for the others. */
  function secretFor(body: Record<string, unknown>): string | undefined {
    const parsed = appMetadata.safeParse(body)
    // What is wrong with the metadata is said when they are read.
    return parsed.success && !needsSecret(parsed.data) ? undefined : newSecret()
  }

  return [
    systemRoute({
      method: 'GET',
      path: '/apps',
      id: 'listApps',
      about,
      summary: 'List the apps of the installation',
      status: 200,
      answer: z.strictObject({ items: z.array(appAnswer) }),
      example: { answer: { items: [appExample] } },
      async handler({ repositories }) {
        return { body: { items: (await repositories.apps.list()).map(describeApp) } }
      },
    }),
    systemRoute({
      method: 'POST',
      path: '/apps',
      id: 'registerApp',
      about,
      summary: 'Register an app',
      status: 201,
      body: appBody,
      answer: newAppAnswer,
      example: { body: exampleMetadata, answer: { ...appExample, client_secret: 'A'.repeat(43) } },
      async handler({ repositories, circumstances, body }) {
        const secret = secretFor(body)
        const app = read(body, secret)
        await repositories.apps.lock()
        await registerApp(repositories, app, circumstances)
        const shown = describeApp(app)
        return {
          body: { ...shown, client_secret: secret ?? null },
          version: shown.version,
          location: `/apps/${app.clientId}`,
        }
      },
    }),
    systemRoute({
      method: 'GET',
      path: '/apps/:app',
      id: 'readApp',
      about,
      summary: 'Read an app',
      status: 200,
      answer: appAnswer,
      example: { answer: appExample },
      async handler({ repositories, params: { app: clientId } }) {
        const shown = describeApp(await findApp(repositories, clientId))
        return { body: shown, version: shown.version }
      },
    }),
    systemRoute({
      method: 'PUT',
      path: '/apps/:app',
      id: 'changeApp',
      about,
      summary: 'Make an app’s metadata what is sent',
      description:
        'It keeps its secret; where it keeps one from now on, one is made. An app of the config file is changed there alone.',
      conditional: true,
      status: 200,
      body: appBody,
      answer: newAppAnswer,
      example: {
        body: { ...exampleMetadata, client_name: 'Bookkeeper Plus' },
        answer: { ...appExample, metadata: { ...exampleMetadata, client_name: 'Bookkeeper Plus' }, client_secret: null },
      },
      async handler({ repositories, circumstances, params: { app: clientId }, body, tag }) {
        await repositories.apps.lock()
        const before = await findApp(repositories, clientId)
        assertNotSystem(before)
        if (body['client_id'] !== clientId)
          throw new AppError('bad-request', { detail: 'body.client_id: expected the one of the path.' })
        if (tag !== undefined && tag !== versionOfApp(before)) throw new AppError('version-stale')
        const secret = secretFor(body)
        const parsed = read(body, secret)
        const keeps = parsed.secretHash !== undefined && before.secretHash !== undefined
        const app = {
          ...parsed,
          ...(keeps ? { secretHash: before.secretHash } : {}),
          source: before.source,
          createdAt: before.createdAt,
        }
        await replaceApp(repositories, before, app, 'api', circumstances)
        const shown = describeApp(app)
        return { body: { ...shown, client_secret: keeps ? null : (secret ?? null) }, version: shown.version }
      },
    }),
    systemRoute({
      method: 'DELETE',
      path: '/apps/:app',
      id: 'removeApp',
      about,
      summary: 'Remove an app: nobody can sign in to it any more',
      status: 204,
      example: {},
      async handler({ repositories, circumstances, params: { app: clientId } }) {
        await repositories.apps.lock()
        const app = await findApp(repositories, clientId)
        assertNotSystem(app)
        await removeApp(repositories, app, 'api', circumstances)
        return { body: undefined }
      },
    }),
  ]
}
