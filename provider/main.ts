import { explainFailure } from './command-line/explain-failure.ts'
import { serve } from './serve.ts'

try {
  await serve({ environment: process.env, print: text => process.stderr.write(`${text}\n`) })
} catch (error) {
  process.stderr.write(`${explainFailure(error)}\n`)
  process.exit(1)
}
