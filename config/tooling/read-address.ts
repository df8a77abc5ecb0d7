/** Prints, as JSON, where Latchkey would serve with this environment. Where it would not, it says why in one line, and ends with 1. */
import { StartError } from '../../provider/kernel/errors.ts'
import { loadSettings } from '../load.ts'

try {
  const { issuer, port, smtpUrl } = loadSettings(process.env)
  console.log(JSON.stringify({ issuer, port, hasMailbox: smtpUrl === undefined }))
} catch (error) {
  if (!(error instanceof StartError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
