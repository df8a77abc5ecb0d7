import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { build } from 'esbuild'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildAssets } from '../../views/assets.ts'
import { deriveAccent, measureContrast, paper } from '../../views/colour.ts'
import { appName, maskAddress, tidyName } from '../../views/text.ts'
import { formatAge, formatDuration, formatMoment } from '../../views/times.ts'

describe('a masked address', () => {
  it('keeps the first character and the domain', () => {
    expect(maskAddress('anna.keller@example.com')).toBe('a…@example.com')
    expect(maskAddress('a@example.com')).toBe('a…@example.com')
    expect(maskAddress('😀smile@example.com')).toBe('😀…@example.com')
    expect(maskAddress('"@"@example.com')).toBe('"…@example.com')
  })

  it('never shows more of the local part, whatever it is', () => {
    const locals = fc.string({ unit: 'grapheme' }).filter(local => local.length > 0)
    fc.assert(
      fc.property(locals, local => {
        expect(maskAddress(`${local}@example.com`)).toBe(`${Array.from(local)[0]}…@example.com`)
      }),
    )
  })
})

describe('a name that somebody else chose', () => {
  it('is one line, without marks that control or reorder text', () => {
    expect(tidyName('Field\r\nBcc: x\u0000\u202Enotes\u200F')).toBe('Field Bcc: x notes')
    expect(tidyName('  Fieldnotes\u2028 ')).toBe('Fieldnotes')
  })

  it('is cut where it would fill the page, between characters', () => {
    expect(Array.from(tidyName('😀'.repeat(300)))).toHaveLength(60)
    expect(tidyName('😀'.repeat(300))).toMatch(/^(😀)+…$/u)
    expect(tidyName('x'.repeat(60))).toBe('x'.repeat(60))
  })

  it('gives way to the installation’s where nothing of it is left', () => {
    expect(appName({ app: { name: '\u202E ' }, installationName: 'Meadow Software' })).toBe('Meadow Software')
    expect(appName({ installationName: 'Meadow Software' })).toBe('Meadow Software')
  })
})

describe('times', () => {
  const moment = new Date('2026-03-05T14:05:00Z')

  it('are told in the language’s form, with their zone', () => {
    expect(formatMoment('en', moment)).toBe('5 March 2026 at 14:05 UTC')
    expect(formatMoment('de', moment, 'Europe/Berlin')).toBe('5. März 2026 um 15:05 MEZ')
    expect(formatMoment('fr', moment)).toBe('5 mars 2026 à 14:05 UTC')
    expect(formatMoment('it', moment)).toBe('5 marzo 2026 alle ore 14:05 UTC')
  })

  it('that are past are told as an age, and a clock that runs ahead never makes it negative', () => {
    const after = (seconds: number) => new Date(moment.getTime() + seconds * 1000)
    expect(formatAge('en', moment, after(1))).toBe('1 second ago')
    expect(formatAge('en', moment, after(119))).toBe('1 minute ago')
    expect(formatAge('de', moment, after(7200))).toBe('vor 2 Stunden')
    expect(formatAge('en', moment, after(-5))).toBe('0 seconds ago')
  })

  it('to wait are rounded up, so that nobody comes back too early', () => {
    expect(formatDuration('en', 61)).toBe('2 minutes')
    expect(formatDuration('de', 60)).toBe('1 Minute')
    expect(formatDuration('fr', 0.2)).toBe('1\u00A0seconde')
    expect(formatDuration('it', 3601)).toBe('2 ore')
  })
})

describe('an accent colour', () => {
  const channel = fc.integer({ min: 0, max: 255 })
  const colours = fc
    .tuple(channel, channel, channel)
    .map(parts => `#${parts.map(part => part.toString(16).padStart(2, '0')).join('')}`)

  it('can be read in both schemes, whatever was picked: 4.5 to 1 (WCAG 2.2, 1.4.3)', () => {
    fc.assert(
      fc.property(colours, colour => {
        const { light, dark } = deriveAccent(colour)
        expect(measureContrast(light.accent, paper.light)).toBeGreaterThanOrEqual(4.5)
        expect(measureContrast(light.accent, light.onAccent)).toBeGreaterThanOrEqual(4.5)
        expect(measureContrast(dark.accent, paper.dark)).toBeGreaterThanOrEqual(4.5)
        expect(measureContrast(dark.accent, dark.onAccent)).toBeGreaterThanOrEqual(4.5)
      }),
    )
  })

  it('stays as it is where it can be read, and keeps its hue where it can’t', () => {
    expect(deriveAccent('#17624a').light.accent).toBe('#17624a')
    expect(deriveAccent('#ffff00').light.accent).toMatch(/^#([0-9a-f]{2})\1[0-9a-f]{2}$/)
  })

  it('is #rrggbb, and nothing that could be more than a colour', () => {
    for (const wrong of ['red', '#fff', '#17624a;}body{display:none', '#17624a\n', '']) {
      expect(() => deriveAccent(wrong)).toThrow(RangeError)
    }
  })

  it('has the contrasts that the standard’s definition gives', () => {
    expect(measureContrast('#000000', '#ffffff')).toBeCloseTo(21)
    expect(measureContrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  })
})

describe('assets', () => {
  it('are named by their content', () => {
    const own = buildAssets()
    const other = buildAssets({ accentColour: '#7a2e8e' })
    expect(own).toEqual(buildAssets())
    expect(own.stylesheet.name).toMatch(/^latchkey\.[\w-]{12}\.css$/)
    expect(other.stylesheet.name).not.toBe(own.stylesheet.name)
    expect(other.stylesheet.body).toContain('#7a2e8e')
    expect(other.waitingScript).toEqual(own.waitingScript)
  })

  it('ask for nothing from outside', () => {
    for (const { body } of Object.values(buildAssets())) {
      expect(body.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|@import|url\(/)
    }
  })

  it('hold a script that runs by itself, also after the build has kept the names of functions', async () => {
    const { outputFiles } = await build({
      stdin: { contents: "export { buildAssets } from './assets.ts'", resolveDir: join(import.meta.dirname, '../../views') },
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      keepNames: true,
    })
    const bundle: unknown = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`)
    const { waitingScript, postingScript, passkeyScript, copyingScript } = (
      bundle as { buildAssets: typeof buildAssets }
    ).buildAssets() // what the bundle exports
    // Without a document it ends at once, unless it needs something that isn't there.
    for (const { body } of [waitingScript, postingScript, passkeyScript, copyingScript]) {
      expect(() => runInNewContext(body, { document: { currentScript: null, forms: [] } })).not.toThrow()
      expect(body).not.toContain('__name')
    }
  })
})
