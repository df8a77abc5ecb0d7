import { openBrowser, openConnection, redirectOf, UnexpectedAnswer } from './load/browser.ts'
import { requestCode } from './load/person.ts'
import { webApps } from './apps.ts'
import { residentBytes } from './processes.ts'
import type { ServerProcess } from './subject.ts'

export interface StartResult {
  what: string
  goalMilliseconds: number
  /** From the start of the process until the first sign-in page was there. */
  milliseconds: number
  /** Of the server's process tree, a moment later. */
  residentBytes: number
}

/** Starts a server, asks for the sign-in page as a browser does, and stops the server again. */
export async function measureStart(
  what: string,
  goalMilliseconds: number,
  start: () => Promise<ServerProcess>,
): Promise<StartResult> {
  const server = await start()
  try {
    const asked = performance.now()
    await openFirstPage(server.issuer)
    const milliseconds = server.readyMilliseconds + performance.now() - asked
    return { what, goalMilliseconds, milliseconds, residentBytes: residentBytes(server.child.pid ?? 0) }
  } finally {
    await server.stop()
  }
}

async function openFirstPage(issuer: string): Promise<void> {
  const [app] = webApps
  if (!app) throw new Error('there are no apps')
  const connection = openConnection()
  try {
    const browser = openBrowser(connection, '127.0.0.1')
    const url = requestCode(`${issuer}/authorize`, app).url
    const page = await browser.get(redirectOf(await browser.get(url), issuer, 'authorize'))
    if (page.status !== 200) throw new UnexpectedAnswer('sign-in page', page)
  } finally {
    connection.close()
  }
}
