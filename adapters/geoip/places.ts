import { stat } from 'node:fs/promises'
import { type CityResponse, open, type Reader } from 'maxmind'
import type { Clock } from '../../provider/kernel/clock.ts'
import { nameCountry } from '../../provider/kernel/country.ts'
import { toError } from '../../provider/kernel/errors.ts'
import type { Places } from '../../provider/ports/places.ts'
import type { Logger } from '../../provider/ports/telemetry.ts'

/** How often at most the file is looked at, whether it is another one. */
const lookMilliseconds = 60_000

interface OpenedFile {
  /** Tells this version of the file from another. */
  version: string
  reader: Reader<CityResponse> | undefined
}

/**
 * Places from a file in the format MaxMind DB, of cities or of countries. It is read when somebody first asks, and again within a
 * minute after it was replaced. Where it cannot be read, what was read before goes on to be used; the log says so once for each
 * version.
 */
export function createFilePlaces({ path, clock, log }: { path: string; clock: Clock; log: Logger }): Places {
  let opened: Promise<OpenedFile> | undefined
  let lookedAt = 0

  async function look(before: OpenedFile | undefined): Promise<OpenedFile> {
    let version = 'none'
    try {
      const { mtimeMs, size, ino } = await stat(path)
      version = `${mtimeMs} ${size} ${ino}`
      if (version === before?.version) return before
      return { version, reader: await open<CityResponse>(path) }
    } catch (error) {
      if (version === before?.version) return before
      log.warn({ error: toError(error) }, 'GEOIP_FILE cannot be read, so nobody is told of places by it')
      return { version, reader: before?.reader }
    }
  }

  return {
    async find(ip, language) {
      const now = clock().getTime()
      if (opened === undefined || now - lookedAt >= lookMilliseconds) {
        lookedAt = now
        opened = opened === undefined ? look(undefined) : opened.then(look)
      }
      const { reader } = await opened
      try {
        return describe(reader?.get(ip) ?? undefined, language)
      } catch (error) {
        // A file that was cut short shows it only where something is looked up.
        log.warn({ error: toError(error) }, 'GEOIP_FILE has an entry that cannot be read')
        return undefined
      }
    },
  }
}

/** When the file was made. Rejects where it cannot be read. */
export async function readBuildDate(path: string): Promise<Date> {
  return (await open(path)).metadata.buildEpoch
}

function describe(found: CityResponse | undefined, language: string): string | undefined {
  const city = found?.city?.names
  const country = found?.country
  const names = [
    nameIn(city, language),
    nameIn(country?.names, language, country && nameCountry(country.iso_code, language)),
  ].filter(name => name !== undefined)
  return names.length === 0 ? undefined : names.join(', ')
}

/** In the language, else by its code, else in English. */
function nameIn(names: object | undefined, language: string, byCode?: string): string | undefined {
  const nameOf = (tag: string): string | undefined => {
    const name: unknown = names === undefined ? undefined : Reflect.get(names, tag)
    return typeof name === 'string' && name !== '' ? name : undefined
  }
  return nameOf(language) ?? byCode ?? nameOf('en')
}
