import { buildAssets } from '../../views/assets.ts'
import { type Locale, locales, type PageContext } from '../../views/page-context.ts'
import { type Route, route } from './route.ts'

/** What every page says of this installation. */
export interface Installation {
  issuer: string
  name: string
  links: { help: string | undefined; privacy: string | undefined }
  /** It shows its mails instead of sending them. */
  hasMailbox: boolean
}

/** The app that a page speaks of. */
export interface PageApp {
  name: string
  /** A path of ours. */
  logo?: string | undefined
  /** Its own home page. */
  home?: string | undefined
}

export interface Pages {
  /** The surroundings of a page. `path` is where it can be come back to by GET, for the choice of language. */
  context(options: { locale: Locale; app?: PageApp | undefined; path?: string | undefined }): PageContext
  /** Serves what pages load. */
  readonly routes: readonly Route[]
}

function describeApp({ name, logo, home }: PageApp): NonNullable<PageContext['app']> {
  return { name, ...(logo === undefined ? {} : { logoUri: logo }), ...(home === undefined ? {} : { href: home }) }
}

export function createPages(installation: Installation): Pages {
  const assets = buildAssets()
  const hrefOf = (asset: { name: string }) => `/assets/${asset.name}`
  const { help, privacy } = installation.links
  const issuerHost = new URL(installation.issuer).host
  return {
    context({ locale, app, path }) {
      return {
        locale,
        ...(app === undefined ? {} : { app: describeApp(app) }),
        issuerHost,
        installationName: installation.name,
        links: { ...(help === undefined ? {} : { help }), ...(privacy === undefined ? {} : { privacy }) },
        ...(installation.hasMailbox ? { mailboxHref: '/mailbox' } : {}),
        assets: {
          stylesheet: hrefOf(assets.stylesheet),
          waitingScript: hrefOf(assets.waitingScript),
          passkeyScript: hrefOf(assets.passkeyScript),
          postingScript: hrefOf(assets.postingScript),
          copyingScript: hrefOf(assets.copyingScript),
          icon: hrefOf(assets.icon),
        },
        languages: path === undefined ? [] : locales.map(each => ({ locale: each, href: `${path}?language=${each}` })),
      }
    },
    routes: Object.values(assets).map(asset =>
      route({
        method: 'GET',
        path: hrefOf(asset),
        access: 'public',
        mode: 'no-data',
        limits: [],
        handler: () => ({ kind: 'asset', body: asset.body, type: asset.contentType }),
      }),
    ),
  }
}
