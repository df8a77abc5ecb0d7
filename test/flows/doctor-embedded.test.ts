/** The doctor beside a server on the embedded database, which serves one process. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadSettings } from '../../config/load.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import { startServer } from '../../provider/server.ts'
import { findFreePort } from '../support/servers.ts'
import { runLatchkey } from '../support/terminal.ts'

test('another port than the server’s: where was looked is said, and not that the server should be stopped', async () => {
  const [port, otherPort] = [await findFreePort(), await findFreePort()]
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-doctor-'))
  const small = { DATA_DIR: directory, LOG_LEVEL: 'silent' }
  const embedded = await startServer(loadSettings({ ...small, PORT: String(port) }), systemClock)
  try {
    const { output } = await runLatchkey({ ...small, PORT: String(otherPort) }, ['doctor'])
    expect(output).toContain(`The doctor asked for http://localhost:${otherPort}/.well-known/openid-configuration`)
    expect(output).toMatch(/^warning +database +Another process has the embedded database/m)
    expect(output).toContain('run the doctor with the ISSUER and PORT that it was started with')
    expect(output).not.toContain('stop the other one')
    expect((await runLatchkey({ ...small, PORT: String(port) }, ['doctor'])).output).toContain('All is well.')
  } finally {
    await embedded.close()
    await rm(directory, { recursive: true, force: true })
  }
})
