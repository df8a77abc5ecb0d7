import { migrateAll, openDatabase } from '../../adapters/open-durable.ts'
import { loadSettings } from '../../config/load.ts'
import type { ExitCode, Surroundings } from './surroundings.ts'

/** What a start does first, alone: for whoever wants to do it before the new version serves. */
export async function migrateDatabase({ environment, print }: Surroundings): Promise<ExitCode> {
  const settings = loadSettings(environment)
  const database = await openDatabase(settings)
  try {
    const applied = await migrateAll(database, settings)
    if (applied.length === 0) print('The database is in the state that this version needs. Nothing had to be done.')
    else print(`The database is now in the state that this version needs. Applied: ${applied.join(', ')}.`)
    return 0
  } finally {
    await database.close()
  }
}
