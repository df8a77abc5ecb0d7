import { z } from 'zod'
import { wholeNumber } from './values.ts'

/** What a setting is called and what is said about it: in the README's table, and to an operator who got it wrong. */
export interface AboutSetting {
  /** The environment variable; with `_FILE` after it, the name of a file that holds the value. */
  variable: string
  /** One line for the README. */
  documentation: string
  /** Completes "expected …". */
  expected: string
  /** What holds where nothing is given; undefined: nothing does. */
  default: string | undefined
  unit?: 'seconds' | undefined
  /** A secret's value is never shown. */
  secret: boolean
}

export const aboutSettings = z.registry<AboutSetting>()

type About = Omit<AboutSetting, 'default' | 'secret' | 'variable'> & { secret?: true }

/** A setting that has a default, in the form in which it is given. */
export function setting<Value>(variable: string, kind: z.ZodType<Value, string>, defaultText: string, about: About) {
  return kind.prefault(defaultText).register(aboutSettings, { secret: false, ...about, variable, default: defaultText })
}

/** A setting that may be left out. */
export function optionalSetting<Value>(variable: string, kind: z.ZodType<Value, string>, about: About) {
  return kind.optional().register(aboutSettings, { secret: false, ...about, variable, default: undefined })
}

/** A setting that is a length of time. */
export function seconds(variable: string, defaultText: string, documentation: string) {
  const year = 366 * 86_400
  const expected = `a whole number of seconds from 60 to ${year}`
  return setting(variable, wholeNumber(60, year), defaultText, { documentation, expected, unit: 'seconds' })
}
