import { nameCountry } from '../kernel/country.ts'
import type { Places } from '../ports/places.ts'
import type { Context } from './context.ts'

/** Words that a proxy may have for a place, and nothing that is more than words. */
const words = /^\p{L}[\p{L}\p{M} .,'’()-]{1,79}$/u
const countryCode = /^[A-Z]{2}$/

/** What tells where requests come from. The header is the outermost proxy's: without a proxy it would be whatever a client wrote. */
export interface PlaceSources {
  geoHeader: string | undefined
  trustedProxies: number
  places: Places | undefined
}

/** Where a request comes from, in words of a language (BCP 47); undefined where nothing trusted tells. */
export async function findPlace(
  ctx: Pick<Context, 'get'>,
  ip: string,
  language: string,
  { geoHeader, trustedProxies, places }: PlaceSources,
): Promise<string | undefined> {
  const told = geoHeader === undefined || trustedProxies === 0 ? '' : ctx.get(geoHeader).trim()
  return readTold(told, language) ?? places?.find(ip, language)
}

function readTold(told: string, language: string): string | undefined {
  if (countryCode.test(told)) return nameCountry(told, language)
  // Node joins a header that came twice: then a client may have sent one of the two.
  return words.test(told) && !told.split(',').some(part => countryCode.test(part.trim())) ? told : undefined
}
