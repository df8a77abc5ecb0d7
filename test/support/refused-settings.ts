import { expect } from 'vitest'
import { loadSettings } from '../../config/load.ts'
import { StartError } from '../../provider/kernel/errors.ts'

export type Environment = Record<string, string>

/** The line with which these settings are refused. */
export function refusalOf(environment: Environment, readFile?: (path: string) => string): string {
  try {
    loadSettings(environment, readFile)
  } catch (error) {
    expect(error).toBeInstanceOf(StartError)
    return (error as StartError).message // stated by the line above
  }
  throw new Error(`These settings were accepted: ${JSON.stringify(environment)}`)
}
