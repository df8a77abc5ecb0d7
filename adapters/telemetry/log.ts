import { type DestinationStream, type LoggerOptions, pino, stdTimeFunctions } from 'pino'
import type { Logger } from '../../provider/ports/telemetry.ts'
import { scrub, serializeError } from './serialize-error.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

// A second guard: no caller is meant to log a field of these names.
const neverLogged = [
  'accessToken',
  'address',
  'authorization',
  'client_secret',
  'clientSecret',
  'code',
  'cookie',
  'email',
  'id_token',
  'idToken',
  'ip',
  'key',
  'link',
  'login_hint',
  'loginHint',
  'password',
  'payload',
  'recipient',
  'refresh_token',
  'refreshToken',
  'secret',
  'to',
  'token',
  'userAgent',
]

/** One JSON object a line, on standard output or where `destination` says. Line breaks in values are escaped, so no value forges a line. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: { pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    messageKey: 'message',
    redact: { paths: neverLogged, censor: '[redacted]' },
    formatters: {
      level: label => ({ level: label }),
      log: fields => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, serialize(value)])),
    },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

function serialize(value: unknown): unknown {
  if (value instanceof Error) return serializeError(value)
  return typeof value === 'string' ? scrub(value) : value
}
