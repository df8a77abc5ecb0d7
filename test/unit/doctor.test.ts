import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openKeyFile } from '../../adapters/kms/key-file.ts'
import { loadSettings } from '../../config/load.ts'
import { checkClock } from '../../provider/command-line/doctor/clock.ts'
import { checkCookies } from '../../provider/command-line/doctor/cookies.ts'
import { forgedAddress } from '../../provider/command-line/doctor/probe.ts'
import { checkProxies } from '../../provider/command-line/doctor/proxies.ts'
import { isGenuineProbe, type ProbeAnswer, sealProbe } from '../../provider/doctor/probe.ts'
import { findClientAddress, findClientHop } from '../../provider/http/client-address.ts'
import { secondsAfter } from '../../provider/kernel/clock.ts'

const doctorAddress = '203.0.113.7'

/** What a server answers behind so many proxies, of which the first may overwrite what it is given, as nginx often does. */
function answerBehind(proxies: number, trustedProxies: number, firstOverwrites: boolean): ProbeAnswer {
  let forwardedFor = [forgedAddress]
  let peer = doctorAddress
  for (let number = 0; number < proxies; number += 1) {
    forwardedFor = number === 0 && firstOverwrites ? [peer] : [...forwardedFor, peer]
    peer = `10.0.0.${number + 1}`
  }
  const clientAddress = findClientAddress(peer, findClientHop(forwardedFor.join(', '), trustedProxies))
  return { forwardedFor, trustedProxies, clientAddress, cookieArrived: true, now: 0, databaseAnswers: true, storeAnswers: true }
}

describe('proxies', () => {
  test('exactly the right count is well, and then the address is the client that asked', () => {
    fc.assert(
      fc.property(fc.nat(4), fc.nat(5), fc.boolean(), (proxies, trusted, firstOverwrites) => {
        const answer = answerBehind(proxies, trusted, firstOverwrites)
        const finding = checkProxies(loadSettings({ TRUSTED_PROXIES: String(trusted) }), { answer })
        expect(finding.verdict).toBe(proxies === trusted ? 'ok' : 'problem')
        if (finding.verdict === 'ok') expect(answer.clientAddress).toBe(doctorAddress)
        else expect(finding.remedy).toContain(`TRUSTED_PROXIES=${proxies}`)
      }),
    )
  })

  test('says what is at stake', () => {
    const one = loadSettings({ TRUSTED_PROXIES: '1' })
    expect(checkProxies(one, { answer: answerBehind(0, 1, false) }).message).toContain('chooses the address')
    expect(checkProxies(loadSettings({}), { answer: answerBehind(1, 0, false) }).message).toContain(
      'everybody seems to come from 10.0.0.1',
    )
    expect(checkProxies(one, { answer: answerBehind(1, 0, false) }).message).toBe(
      'The server runs with TRUSTED_PROXIES=0, and here it is 1.',
    )
  })
})

describe('cookies', () => {
  const settings = loadSettings({ ISSUER: 'https://id.example.com', SMTP_URL: 'smtp://mail', MAIL_FROM: 'a@example.com' })
  const answer = answerBehind(0, 0, false)
  const whole = '__Host-doctor-probe=set; path=/; expires=Fri, 20 Nov 2026 13:00:00 GMT; samesite=lax; secure; httponly'

  test('are well where they arrive whole in both directions', () => {
    expect(checkCookies(settings, { answer, setCookie: whole }).verdict).toBe('ok')
  })

  test.each([
    ['is not passed on', undefined],
    ['lost Secure', whole.replace('; secure', '')],
    ['lost HttpOnly', whole.replace('; httponly', '')],
    ['has another path', whole.replace('path=/', 'path=/auth')],
    ['has another SameSite', whole.replace('samesite=lax', 'samesite=none')],
    ['got a domain', `${whole}; Domain=example.com`],
  ])('one from the server that %s is a problem', (_story, setCookie) => {
    expect(checkCookies(settings, { answer, setCookie }).verdict).toBe('problem')
  })

  test('one that does not arrive is a problem', () => {
    expect(checkCookies(settings, { answer: { ...answer, cookieArrived: false }, setCookie: whole }).verdict).toBe('problem')
  })

  test('127.0.0.1 is another site than localhost', () => {
    expect(checkCookies(loadSettings({}), undefined).verdict).toBe('ok')
    const finding = checkCookies(loadSettings({ ISSUER: 'http://127.0.0.1:3000' }), undefined)
    expect(finding).toMatchObject({ verdict: 'warning', remedy: expect.stringContaining('http://localhost:3000') })
  })
})

describe('clock', () => {
  const at = (time: number) => ({ whose: 'the database', askedAt: 100_000, time, answeredAt: 101_000 }) as const

  test.each([
    [100_500, 'ok'],
    [98_100, 'ok'],
    [103_000, 'ok'],
    [97_900, 'warning'],
    [103_100, 'warning'],
    [131_100, 'problem'],
    [0, 'problem'],
  ])('%d read between 100000 and 101000 is %s', (time, verdict) => {
    expect(checkClock([at(100_500), at(time)]).verdict).toBe(verdict)
  })

  test('nothing to compare with is said', () => {
    expect(checkClock([]).verdict).toBe('warning')
  })
})

describe('the probe', () => {
  const now = new Date('2026-11-20T12:00:00Z')
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'latchkey-doctor-'))
  })
  afterEach(() => rm(directory, { recursive: true }))

  test('is genuine for a minute, and under the same master key alone', async () => {
    const ours = await openKeyFile({ path: join(directory, 'ours') })
    const theirs = await openKeyFile({ path: join(directory, 'theirs') })
    const probe = await sealProbe(ours, () => now)
    const isGenuine = (seconds: number, key = ours, given = probe) => isGenuineProbe(given, key, () => secondsAfter(now, seconds))

    expect(await isGenuine(0)).toBe(true)
    expect(await isGenuine(60)).toBe(true)
    expect(await isGenuine(61)).toBe(false)
    expect(await isGenuine(-61)).toBe(false)
    expect(await isGenuine(0, theirs)).toBe(false)
    expect(await isGenuine(0, ours, '')).toBe(false)
    const dataKey = await ours.wrap(Buffer.alloc(32), 'workspace:a')
    expect(await isGenuine(0, ours, dataKey.toString('base64url'))).toBe(false)
  })
})
