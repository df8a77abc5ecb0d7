import { personHeader } from '../upstream-person.ts'
import { openConnection, redirectOf } from './browser.ts'
import type { Person } from './person.ts'
import { arrive, type Arrived, begin, openPage } from './sign-in.ts'
import type { Target } from './target.ts'

/** What goes on at the upstream is nobody's cost here, and has connections of its own. */
const elsewhere = openConnection()

/** From nothing to a code at the app by way of Google, where everybody is let through at once. */
export async function signInWithGoogle(target: Target, person: Person): Promise<Arrived> {
  const { browser, address, from } = person
  const begun = await begin(target, person)
  await openPage(browser, begun.home, 'sign-in page')
  const there = redirectOf(await browser.post(`${begun.home}/google`, {}), target.issuer, 'departure')
  const [name = ''] = address.split('@')
  const back = redirectOf(await elsewhere.send(there, from, { headers: { [personHeader]: name } }), there, 'upstream')
  const returned = redirectOf(await browser.get(back), target.issuer, 'return from the upstream')
  return arrive(target, { ...begun, home: returned })
}
