/**
 * Prints what a list of authenticators has that our table (provider/passkeys/authenticator-models.ts) doesn't, by name, for somebody to
 * look through: `node config/tooling/compare-authenticator-models.ts <file>`. The file is the community's `aaguid.json`, or any JSON
 * that has names, or objects with a `name`, by AAGUID.
 */
import { readFileSync } from 'node:fs'
import { authenticatorModels } from '../../provider/passkeys/authenticator-models.ts'

/** The models of a list that the table doesn't name: AAGUIDs by name, names in order. Throws where it has no models at all. */
export function findUnnamedModels(list: unknown, known: Readonly<Record<string, readonly string[]>>): Map<string, string[]> {
  const named = new Set(Object.values(known).flat())
  // The community's list says that it will be an empty object one day.
  const entries = Object.entries(typeof list === 'object' && list !== null ? list : {})
  if (entries.length === 0) throw new Error('The list is empty: it may have been given up.')
  const found = new Map<string, string[]>()
  for (const [given, about] of entries) {
    const aaguid = given.toLowerCase()
    const name: unknown = typeof about === 'object' && about !== null ? Reflect.get(about, 'name') : about
    if (named.has(aaguid) || typeof name !== 'string') continue
    found.set(name, [...(found.get(name) ?? []), aaguid])
  }
  return new Map([...found].toSorted(([one], [other]) => one.localeCompare(other, 'en')))
}

if (import.meta.main) {
  const [file] = process.argv.slice(2)
  if (file === undefined) throw new Error('Name the file of the list.')
  for (const [name, aaguids] of findUnnamedModels(JSON.parse(readFileSync(file, 'utf8')), authenticatorModels))
    console.log(`${JSON.stringify(name)}: ${JSON.stringify(aaguids)}`)
}
