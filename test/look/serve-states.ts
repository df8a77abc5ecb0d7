import type { BrowserContext } from 'playwright-core'
import { buildAssets } from '../../views/assets.ts'
import type { MailContext } from '../../views/emails/mail-context.ts'
import { type Locale, locales, type PageContext } from '../../views/page-context.ts'
import { mailStates } from './mail-states.ts'
import { mailPartPath, pageStates } from './states.ts'

export const origin = 'https://id.example.com'

const assets = buildAssets()
const assetPath = (name: string) => `/assets/${name}`

/** As strict as the server's: what a page does inline or loads from outside is refused, and the browser says so. */
export const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'"

export function makePageContext(locale: Locale): PageContext {
  return {
    locale,
    app: { name: 'Fieldnotes' },
    issuerHost: 'id.example.com',
    installationName: 'Meadow Software',
    links: { help: '/help', privacy: '/privacy' },
    assets: {
      stylesheet: assetPath(assets.stylesheet.name),
      waitingScript: assetPath(assets.waitingScript.name),
      passkeyScript: assetPath(assets.passkeyScript.name),
      postingScript: assetPath(assets.postingScript.name),
      copyingScript: assetPath(assets.copyingScript.name),
      icon: assetPath(assets.icon.name),
    },
    languages: locales.map(each => ({ locale: each, href: `?ui_locales=${each}` })),
  }
}

/** The same page for an app and an installation whose names are chosen to be more than names, and to fill the page. */
export function makeHostileContext(locale: Locale): PageContext {
  const name = `<script>alert(1)</script>" onfocus="alert(1)" x='\u202E${'W'.repeat(300)}`
  return {
    ...makePageContext(locale),
    app: { name },
    installationName: name,
    links: { help: `/"onclick="alert(1)`, privacy: '/privacy' },
  }
}

/** The address at which a state is shown. */
export function urlOf(locale: Locale, state: string, names: 'plain' | 'hostile' = 'plain'): string {
  return `${origin}/${locale}/${state}${names === 'hostile' ? '?hostile' : ''}`
}

/** Answers a browser's requests with the states, without a server. Anything else is refused. */
export async function serveStates(context: BrowserContext): Promise<void> {
  await context.route('**/*', async route => {
    const { pathname, search } = new URL(route.request().url())
    const asset = Object.values(assets).find(({ name }) => assetPath(name) === pathname)
    // The page that posts itself would be gone before anybody saw it.
    if (asset)
      return await route.fulfill({ contentType: asset.contentType, body: asset === assets.postingScript ? '' : asset.body })
    // What the address field asks for stays open, as it does in effect until somebody picks a passkey.
    if (pathname.endsWith('/options')) return
    const html = findHtml(pathname, search === '?hostile' ? makeHostileContext : makePageContext)
    if (html === undefined) return await route.fulfill({ status: 404, contentType: 'application/json', body: '{}' })
    return await route.fulfill({ contentType: 'text/html; charset=utf-8', body: html.body, headers: html.headers })
  })
}

function findHtml(
  path: string,
  makeContext: typeof makePageContext,
): { body: string; headers: Record<string, string> } | undefined {
  if (path.endsWith('/state')) return undefined
  const mail: MailContext = makePageContext('en')
  if (path === mailPartPath) return { body: mailStates[0]?.render(mail).html ?? '', headers: {} }
  const [, locale = '', name = ''] = path.split('/')
  const page = makeContext(locales.find(each => each === locale) ?? 'en')
  const state = pageStates.find(each => each.name === name)
  if (state) return { body: state.render(page), headers: { 'content-security-policy': pagePolicy } }
  const mailState = mailStates.find(each => each.name === name)
  return mailState && { body: mailState.render(page).html, headers: {} }
}

export const stateNames = [...pageStates, ...mailStates].map(({ name }) => name)
