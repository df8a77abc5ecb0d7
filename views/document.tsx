import type { ComponentChildren, VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { type Speaker, speak } from './messages.ts'
import type { Locale, PageContext } from './page-context.ts'
import { Mark } from './parts/mark.tsx'
import { appName, tidyName } from './text.ts'

interface DocumentOptions {
  /** What the page is about, in a few words: it becomes the heading's text in the tab. */
  title: string
  /** The page tells of a mistake in what was typed; the title says so first. */
  problem?: boolean
  /** For pages that list things, a wider column. */
  wide?: boolean
  /** What leads to the page's siblings: beside the content where there is room for it. */
  rail?: ComponentChildren
  /** Beside the rail there are tables, which want the room that text does without. */
  roomy?: boolean
  /** More elements for the head. */
  head?: ComponentChildren
}

/** Language names, each in its own language. */
export const languageNames: Record<Locale, string> = { en: 'English', de: 'Deutsch', fr: 'Français', it: 'Italiano' }

/** A whole HTML document around the content of a page. Everything that comes as a value is escaped. */
export function renderDocument(
  page: PageContext,
  options: DocumentOptions,
  content: (speaker: Speaker) => ComponentChildren,
): string {
  const speaker = speak(page.locale)
  const title = options.problem ? speaker.say('document.problem', { title: options.title }) : options.title
  return `<!doctype html>${renderToString(
    <html lang={page.locale}>
      <head>
        <meta charset="utf-8" />
        <title>{title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <link rel="stylesheet" href={page.assets.stylesheet} />
        {page.assets.icon && <link rel="icon" type="image/svg+xml" href={page.assets.icon} />}
        {options.head}
      </head>
      <body class={options.rail ? (options.roomy ? 'railed roomy' : 'railed') : options.wide ? 'wide' : undefined}>
        {options.rail && (
          <a class="skip" href="#content">
            {speaker.say('document.skip')}
          </a>
        )}
        <div class="column">
          <Header page={page} />
          {options.rail}
          <main id="content" tabIndex={options.rail ? -1 : undefined}>
            {content(speaker)}
          </main>
        </div>
        <Footer page={page} speaker={speaker} />
      </body>
    </html>,
  )}`
}

function Header({ page }: { page: PageContext }): VNode {
  const name = appName(page)
  return (
    <header class="whose">
      <Mark name={name} logoUri={page.app?.logoUri} />
      <bdi>{name}</bdi>
    </header>
  )
}

function Footer({ page, speaker }: { page: PageContext; speaker: Speaker }): VNode {
  const { help, privacy } = page.links ?? {}
  return (
    <footer class="foot">
      <p>
        {speaker.show('footer.service', {
          installation: <bdi>{tidyName(page.installationName)}</bdi>,
          host: <bdi>{page.issuerHost}</bdi>,
        })}
      </p>
      <div class="foot-rows">
        {(help || privacy) && (
          <ul class="foot-links">
            {help && (
              <li>
                <a href={help}>{speaker.say('footer.help')}</a>
              </li>
            )}
            {privacy && (
              <li>
                <a href={privacy}>{speaker.say('footer.privacy')}</a>
              </li>
            )}
          </ul>
        )}
        {page.languages.length > 1 && (
          <nav aria-label={speaker.say('footer.language')}>
            <ul class="foot-links">
              {page.languages.map(({ locale, href }) => (
                <li>
                  <a href={href} lang={locale} hreflang={locale} aria-current={locale === page.locale ? 'true' : undefined}>
                    {languageNames[locale]}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
        )}
      </div>
    </footer>
  )
}
