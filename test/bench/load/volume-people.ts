import { concurrency } from '../apps.ts'
import { personOf, scatter } from '../volume/people.ts'
import { type Connection, openKnownBrowser } from './browser.ts'
import { nextPersonAddress, type Person } from './person.ts'
import type { BenchApp } from '../apps.ts'
import type { Target } from './target.ts'

/** People who were there before the load began, each with a browser that is known and a refresh token. */
export interface VolumePeople {
  /** Their places among those of the lane; whoever comes next is far from whoever came before. */
  places: Generator<number, never>
  lane: number
  /** Those who have been sent for already: their refresh token is another one by now. */
  met: Map<number, Person>
}

export function openVolumePeople(lane: number, people: number): VolumePeople {
  return { lane, places: scatter(Math.floor(people / concurrency)), met: new Map() }
}

export function nextVolumePerson(
  { issuer }: Target,
  { connection, webApp }: { connection: Connection; webApp: BenchApp },
  { lane, places, met }: VolumePeople,
): Person {
  const number = places.next().value * concurrency + lane
  const known = met.get(number)
  if (known) return known
  const { address, browser, refreshToken } = personOf(number)
  const from = nextPersonAddress()
  const person: Person = {
    address,
    from,
    app: webApp,
    connection,
    browser: openKnownBrowser(connection, from, issuer, browser),
    tokens: { access_token: '', token_type: 'Bearer', expires_in: 0, refresh_token: refreshToken },
  }
  met.set(number, person)
  return person
}
