/**
 * `npm run look`: a picture of every page and mail in .look/, in each language, light and dark, on a phone and a desktop, and an
 * index.html to leaf through. `--locale de`, `--state check-mail`, `--scheme dark`, `--device phone` take only a part; states are
 * matched by the start of their name.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { openBrowser } from './open-browser.ts'

const folder = join(import.meta.dirname, '../../.look')
const devices = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 860 } }
const deviceNames = ['phone', 'desktop'] as const
const schemes = ['light', 'dark'] as const

const { values: only } = parseArgs({
  options: { locale: { type: 'string' }, state: { type: 'string' }, scheme: { type: 'string' }, device: { type: 'string' } },
})
const wanted = (value: string, choice: string | undefined) => choice === undefined || value.startsWith(choice)

const { locales, serveStates, stateNames, urlOf } = await loadStates()
const chosen = locales.filter(locale => wanted(locale, only.locale))
const states = stateNames.filter(name => wanted(name, only.state))

const browser = await openBrowser()
const began = Date.now()
let count = 0
try {
  for (const scheme of schemes.filter(each => wanted(each, only.scheme))) {
    for (const device of deviceNames.filter(each => wanted(each, only.device))) {
      for (const javaScriptEnabled of [true, false]) {
        const context = await browser.newContext({
          viewport: devices[device],
          colorScheme: scheme,
          deviceScaleFactor: device === 'phone' ? 2 : 1,
          reducedMotion: 'reduce',
          javaScriptEnabled,
        })
        await serveStates(context)
        const page = await context.newPage()
        for (const name of states.filter(each => each.endsWith('-without-script') !== javaScriptEnabled)) {
          for (const locale of chosen) {
            await page.goto(urlOf(locale, name))
            await page.screenshot({ path: join(folder, pictureOf(locale, name, scheme, device)), fullPage: true })
            count += 1
          }
        }
        await context.close()
      }
    }
  }
} finally {
  await browser.close()
}
await writeFile(join(folder, 'index.html'), writeIndex())
console.log(`${count} pictures in ${((Date.now() - began) / 1000).toFixed(1)} s: ${join(folder, 'index.html')}`)

function pictureOf(locale: string, name: string, scheme: string, device: string): string {
  return `${locale}/${name}.${scheme}.${device}.png`
}

/** Node runs TypeScript, but no TSX: the pages are bundled first. */
async function loadStates(): Promise<
  typeof import('./serve-states.ts') & Pick<typeof import('../../views/page-context.ts'), 'locales'>
> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const bundle = join(folder, 'states.mjs')
  await build({
    stdin: {
      contents: "export * from './serve-states.ts'; export { locales } from '../../views/page-context.ts'",
      resolveDir: import.meta.dirname,
    },
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    keepNames: true,
    logLevel: 'warning',
  })
  return await import(bundle)
}

function writeIndex(): string {
  const sections = states.flatMap(name =>
    chosen.map(locale => {
      const pictures = schemes.flatMap(scheme => deviceNames.map(device => pictureOf(locale, name, scheme, device)))
      const images = pictures.map(picture => `<a href="${picture}"><img src="${picture}" alt="" loading="lazy"></a>`)
      return `<section><h2>${name} <small>${locale}</small></h2><div>${images.join('')}</div></section>`
    }),
  )
  return `<!doctype html><meta charset="utf-8"><title>Every page and mail</title><style>
body { font: 1rem/1.5 sans-serif; margin: 2rem; background: #888; } img { max-height: 30rem; } div { display: flex; gap: 1rem; flex-wrap: wrap; align-items: start; }
</style>${sections.join('\n')}`
}
