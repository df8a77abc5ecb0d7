/** What the doctor looks at, in the order in which it tells. */
export const subjects = [
  'settings',
  'issuer',
  'proxies',
  'cookies',
  'clock',
  'database',
  'redis',
  'mail',
  'keys',
  'upstreams',
] as const

export type Subject = (typeof subjects)[number]

export interface Finding {
  subject: Subject
  verdict: 'ok' | 'warning' | 'problem'
  /** What was seen, in a sentence. */
  message: string
  /** What to do about it. */
  remedy?: string
}

export function ok(subject: Subject, message: string): Finding {
  return { subject, verdict: 'ok', message }
}

export function warning(subject: Subject, message: string, remedy: string): Finding {
  return { subject, verdict: 'warning', message, remedy }
}

export function problem(subject: Subject, message: string, remedy?: string): Finding {
  return { subject, verdict: 'problem', message, ...(remedy === undefined ? {} : { remedy }) }
}
