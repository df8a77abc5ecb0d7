#!/usr/bin/env node
import { once } from 'node:events'
import { runCommandLine } from './command-line/run.ts'
import { systemClock } from './kernel/clock.ts'

process.exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  clock: systemClock,
  print: text => process.stdout.write(`${text}\n`),
  async write(text) {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain')
  },
  complain: text => process.stderr.write(`${text}\n`),
})
