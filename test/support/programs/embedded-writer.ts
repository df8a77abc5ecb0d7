/**
 * Opens the embedded database in the directory that it is given, says "open", and commits one row after another, saying the
 * name of each when it is committed, until it is killed. Says "refused" and why where it may not open the directory.
 */
import { openEmbedded } from '../../../adapters/sql/embedded.ts'
import { migrate } from '../../../adapters/sql/migrate.ts'
import { StartError } from '../../../provider/kernel/errors.ts'

const [directory = ''] = process.argv.slice(2)
const say = (line: string) => process.stdout.write(`${line}\n`)

try {
  const database = await openEmbedded({ directory })
  await migrate(database)
  say('open')
  for (let count = 0; ; count += 1) {
    const name = `row-${process.pid}-${count}`
    await database.transaction({ kind: 'system', reason: 'command-line' }, scope =>
      scope.query(`insert into latchkey.apps values ($1, null, '{}', 'api', now())`, [name]),
    )
    say(name)
  }
} catch (error) {
  if (!(error instanceof StartError)) throw error
  say(`refused ${error.message}`)
}
