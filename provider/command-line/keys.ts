import { currentKeys } from '../keys/current-keys.ts'
import { emergencyTiming, rotateSigningKey, timingFor } from '../keys/rotation.ts'
import type { SigningKeyRecord } from '../ports/records.ts'
import { commandMode } from './command-mode.ts'
import type { ExitCode, Surroundings } from './surroundings.ts'
import { renderMoment, renderTable } from './table.ts'
import { withData } from './with-data.ts'

type Use = 'next' | 'signs' | 'verifies' | 'ended'

const words: Record<Use, string> = {
  next: 'is published, and signs soon',
  signs: 'signs now',
  verifies: 'verifies what it has signed',
  ended: 'is published no longer',
}

export function listKeys(surroundings: Surroundings, { json }: { json?: boolean }): Promise<ExitCode> {
  return withData(surroundings, async ({ data }) => {
    const records = await data.read(commandMode, repositories => repositories.signingKeys.list())
    const now = surroundings.clock()
    const keys = records.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
    if (json)
      surroundings.print(
        JSON.stringify(
          keys.map(key => toJson(key, useOf(key, records, now))),
          undefined,
          2,
        ),
      )
    else if (keys.length === 0) surroundings.print('There is no signing key yet. The first start makes one.')
    else {
      const rows = keys.map(key => [
        key.kid,
        key.algorithm,
        renderMoment(key.signsFrom),
        renderEnd(key),
        words[useOf(key, records, now)],
      ])
      surroundings.print(renderTable(['KEY', 'ALGORITHM', 'SIGNS FROM', 'PUBLISHED UNTIL', 'NOW IT'], rows))
    }
    return 0
  })
}

/** A new key; with `now`, in the place of one that was stolen. */
export function rotateKeys(
  surroundings: Surroundings,
  { json, now = false }: { json?: boolean; now?: boolean },
): Promise<ExitCode> {
  return withData(surroundings, async ({ data, settings }) => {
    const { clock } = surroundings
    const timing = now ? emergencyTiming : timingFor(settings)
    const key = await rotateSigningKey(data, { algorithm: settings.signingAlgorithm, reason: commandMode.reason, clock, timing })
    if (now) surroundings.complain(emergencyWarning)
    if (json) {
      surroundings.print(JSON.stringify(toJson(key, key.signsFrom > clock() ? 'next' : 'signs'), undefined, 2))
    } else if (now) {
      surroundings.print(`The key ${key.kid} (${key.algorithm}) signs from now on. Every key from before has ended.`)
    } else {
      surroundings.print(
        `The key ${key.kid} (${key.algorithm}) is made. It is published from now on, and signs from ${renderMoment(key.signsFrom)} on.\n` +
          'Keys from before stay published until what they have signed has expired. Nothing has to be started anew.',
      )
    }
    return 0
  })
}

const emergencyWarning =
  'Every token that an older key has signed is refused from now on, real ones too. Apps get new ones by refreshing them; nobody has to sign in again.\n' +
  'Running servers take the new key within a minute. A product goes on accepting the older keys for as long as it holds the JWKS that it fetched, which is ten minutes with most libraries: restart those that cannot wait.'

function useOf(key: SigningKeyRecord, all: readonly SigningKeyRecord[], now: Date): Use {
  const current = currentKeys(all, now)
  if (current?.signing.kid === key.kid) return 'signs'
  if (!current?.published.some(({ kid }) => kid === key.kid)) return 'ended'
  return key.signsFrom > now ? 'next' : 'verifies'
}

function renderEnd({ retiresAt }: SigningKeyRecord): string {
  return retiresAt === undefined ? 'not set' : renderMoment(retiresAt)
}

/** Nothing of the private key. */
function toJson({ kid, algorithm, createdAt, signsFrom, retiresAt }: SigningKeyRecord, use: Use): Record<string, string | null> {
  return {
    kid,
    algorithm,
    use,
    created_at: createdAt.toISOString(),
    signs_from: signsFrom.toISOString(),
    retires_at: retiresAt?.toISOString() ?? null,
  }
}
