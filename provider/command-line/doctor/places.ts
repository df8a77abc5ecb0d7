import { readBuildDate } from '../../../adapters/geoip/places.ts'
import type { Settings } from '../../../config/schema.ts'
import { type Finding, ok, problem } from './finding.ts'

/** Whether the file that tells where sessions began can be read. The server goes on without it, so nobody else would notice. */
export async function checkPlaces({ geoipFile }: Pick<Settings, 'geoipFile'>): Promise<Finding[]> {
  if (geoipFile === undefined) return []
  try {
    const madeAt = await readBuildDate(geoipFile)
    return [ok('settings', `GEOIP_FILE is a database of ${madeAt.toISOString().slice(0, 10)}.`)]
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const message = isMissing
      ? `GEOIP_FILE: there is no file ${JSON.stringify(geoipFile)}.`
      : `GEOIP_FILE: ${JSON.stringify(geoipFile)} cannot be read as a MaxMind DB.`
    return [problem('settings', message, 'Put the file there, or leave GEOIP_FILE out; until then nobody is told of places.')]
  }
}
