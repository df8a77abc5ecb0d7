import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFilePlaces } from '../../adapters/geoip/places.ts'
import { checkPlaces } from '../../provider/command-line/doctor/places.ts'
import { writeGeoipFile } from '../support/geoip.ts'
import { createTestClock, type TestClock } from '../support/latchkey.ts'

const bern = {
  city: { names: { en: 'Bern', de: 'Bern', fr: 'Berne' } },
  country: { iso_code: 'CH', names: { en: 'Switzerland', de: 'Schweiz' } },
}
const japan = { country: { iso_code: 'JP', names: { en: 'Japan', de: 'Japan', fr: 'Japon' } } }

describe('places, by a GeoIP file', () => {
  let directory: string
  let path: string
  let clock: TestClock
  let warnings: string[]

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'latchkey-places-'))
    path = join(directory, 'places.mmdb')
    clock = createTestClock()
    warnings = []
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  function open() {
    const log = { debug() {}, info() {}, error() {}, warn: (_fields: object, message: string) => warnings.push(message) }
    return createFilePlaces({ path, clock: clock.now, log })
  }

  it('are told in the language of the person, as far as there are words', async () => {
    await writeFile(path, writeGeoipFile({ '192.0.2.0/24': bern, '198.51.100.128/25': japan }))
    const places = open()
    expect(await places.find('192.0.2.77', 'en')).toBe('Bern, Switzerland')
    expect(await places.find('192.0.2.77', 'de')).toBe('Bern, Schweiz')
    // The file has neither in Italian: the country has a name by its code, the city has the English one.
    expect(await places.find('192.0.2.77', 'it')).toBe('Bern, Svizzera')
    expect(await places.find('198.51.100.200', 'fr')).toBe('Japon')
    expect(await places.find('198.51.100.1', 'en')).toBeUndefined()
    expect(await places.find('2001:db8::1', 'en')).toBeUndefined()
    expect(warnings).toEqual([])
  })

  it('are those of the new file, within a minute after it took the place of the old one', async () => {
    await writeFile(path, writeGeoipFile({ '192.0.2.0/24': bern }))
    const places = open()
    expect(await places.find('192.0.2.1', 'en')).toBe('Bern, Switzerland')
    await writeFile(`${path}.new`, writeGeoipFile({ '192.0.2.0/24': japan }))
    await rename(`${path}.new`, path)
    clock.advance(61)
    expect(await places.find('192.0.2.1', 'en')).toBe('Japan')
  })

  it.each([
    ['is not there', undefined],
    ['is empty', ''],
    ['is something else', 'a page that says that the download is over'],
  ])('are not told where the file %s, which the log says once', async (_what, content) => {
    if (content !== undefined) await writeFile(path, content)
    const places = open()
    for (let count = 0; count < 3; count += 1) {
      expect(await places.find('192.0.2.1', 'en')).toBeUndefined()
      clock.advance(61)
    }
    expect(warnings).toHaveLength(1)
    await writeFile(path, writeGeoipFile({ '192.0.2.0/24': bern }))
    expect(await places.find('192.0.2.1', 'en')).toBe('Bern, Switzerland')
  })

  it('go on to be told by the old file where the new one is damaged', async () => {
    await writeFile(path, writeGeoipFile({ '192.0.2.0/24': bern }))
    const places = open()
    expect(await places.find('192.0.2.1', 'en')).toBe('Bern, Switzerland')
    await writeFile(path, 'half a file')
    clock.advance(61)
    expect(await places.find('192.0.2.1', 'en')).toBe('Bern, Switzerland')
    expect(warnings).toHaveLength(1)
  })

  it('are not told where the file is cut short in the middle of an entry', async () => {
    const whole = writeGeoipFile({ '192.0.2.0/24': bern })
    // The tree leads to where nothing is any more; the description at the end is whole.
    const description = whole.indexOf(Buffer.from('abcdef', 'hex'))
    await writeFile(path, Buffer.concat([whole.subarray(0, description - 60), whole.subarray(description)]))
    const found = await open().find('192.0.2.1', 'en')
    expect(found === undefined || typeof found === 'string').toBe(true)
  })

  it('are what the doctor looks for', async () => {
    expect(await checkPlaces({ geoipFile: undefined })).toEqual([])
    expect(await checkPlaces({ geoipFile: path })).toMatchObject([
      { verdict: 'problem', message: expect.stringContaining('no file') },
    ])
    await writeFile(path, 'something else')
    expect(await checkPlaces({ geoipFile: path })).toMatchObject([
      { verdict: 'problem', message: expect.stringContaining('MaxMind') },
    ])
    await writeFile(path, writeGeoipFile({ '192.0.2.0/24': bern }))
    expect(await checkPlaces({ geoipFile: path })).toMatchObject([
      { verdict: 'ok', message: expect.stringContaining('2023-11-14') },
    ])
  })
})
