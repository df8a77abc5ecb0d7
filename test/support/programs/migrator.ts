/** Migrates the database that it is given as a node does at its start, and says which migrations it applied, as JSON. */
import { migrate } from '../../../adapters/sql/migrate.ts'
import { openPostgres } from '../../../adapters/sql/postgres.ts'

const [url = ''] = process.argv.slice(2)
const database = openPostgres({ url, pooled: false, poolSize: 2 })
process.stdout.write(JSON.stringify(await migrate(database)))
await database.close()
