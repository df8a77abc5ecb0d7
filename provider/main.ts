import { explainStartError, serve } from './serve.ts'

try {
  await serve({ environment: process.env, print: text => process.stderr.write(`${text}\n`) })
} catch (error) {
  process.stderr.write(`${explainStartError(error)}\n`)
  process.exit(1)
}
