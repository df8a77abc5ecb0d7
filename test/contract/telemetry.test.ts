import { describe, expect, it } from 'vitest'
import { createTelemetry } from '../../adapters/telemetry/telemetry.ts'
import { AppError } from '../../provider/kernel/errors.ts'

function openTelemetry() {
  const lines: string[] = []
  const telemetry = createTelemetry({ level: 'info', metrics: true, destination: { write: line => void lines.push(line) } })
  return { ...telemetry, lines }
}

describe('the log', () => {
  it('is one JSON object a line, whatever the values hold', () => {
    const { log, lines } = openTelemetry()
    log.warn({ host: 'evil\r\n{"level":"error","message":"forged"}\u001b[2J' }, 'A foreign host')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^\P{Cc}*\n$/u)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'warn', message: 'A foreign host' })
  })

  it('leaves out what nobody is meant to log', () => {
    const { log, lines } = openTelemetry()
    log.info({ token: 'planted-1', address: 'planted-2', cookie: 'planted-3', code: 'planted-4', route: '/token' }, 'A slip')
    expect(lines.join()).not.toContain('planted')
    expect(lines.join()).toContain('/token')
  })

  it('writes errors with their causes, without addresses, credentials or what libraries hang on them', () => {
    const { log, lines } = openTelemetry()
    const refusal = Object.assign(new Error('550 <somebody@example.com>: no such user at smtp://user:hunter2@mail.example.com'), {
      recipient: 'planted',
      detail: 'Key (address)=(planted) already exists',
      code: 'EENVELOPE',
    })
    log.error({ error: new AppError('unavailable', { detail: 'Mail cannot leave.', cause: refusal }) }, 'Not sent')
    const { error } = JSON.parse(lines[0] ?? '')
    expect(error).toMatchObject({
      type: 'AppError',
      code: 'unavailable',
      detail: 'Mail cannot leave.',
      cause: { code: 'EENVELOPE' },
    })
    expect(error.cause.message).toContain('no such user')
    expect(lines.join()).not.toMatch(/somebody|hunter2|planted/)
  })

  it('says nothing below its level', () => {
    const { log, lines } = openTelemetry()
    log.debug({}, 'Detail')
    expect(lines).toEqual([])
  })
})

describe('the metrics', () => {
  it('count and observe by name and label', async () => {
    const { count, observeSeconds, render } = openTelemetry()
    count('sign_ins', { method: 'magic-link' })
    count('sign_ins', { method: 'magic-link' })
    observeSeconds('request', 0.02, { route: '/token' })
    const text = await render()
    expect(text).toContain('latchkey_sign_ins_total{method="magic-link"} 2')
    expect(text).toContain('latchkey_request_seconds_bucket{le="0.025",route="/token"} 1')
    expect(text).toContain('latchkey_process_resident_memory_bytes')
  })

  it('are not kept where nobody reads them', async () => {
    const { count, observeSeconds, render } = createTelemetry({ level: 'silent' })
    count('sign_ins', { method: 'magic-link' })
    observeSeconds('request', 0.02, { route: '/token' })
    expect(await render()).toBe('')
  })

  it('report a name used in two ways once, and fail nobody', async () => {
    const { count, render, lines } = openTelemetry()
    count('sign_ins', { method: 'magic-link' })
    count('sign_ins', { browser: 'x' })
    count('sign_ins', { browser: 'x' })
    count('no good name')
    expect(await render()).toContain('latchkey_sign_ins_total{method="magic-link"} 1')
    expect(lines).toHaveLength(2)
  })
})
