import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { signIn } from '../support/code-flow.ts'
import { approveDevice, foreignTv, pollAsDevice, startDevice, tv } from '../support/device.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp } from '../support/relying-party.ts'

describe('a device that polls is told to slow down when it asks too soon (RFC 8628 §3.5)', () => {
  let latchkey: RunningLatchkey
  const ada = new Agent()

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [tv, foreignTv, serverApp], on: 'postgres' })
    await signIn(latchkey, ada, serverApp, 'ada@example.com')
  })
  afterAll(async () => {
    ada.close()
    await latchkey.stop()
  })

  const start = () => startDevice(latchkey, tv)
  const poll = (deviceCode: string, app = tv) => pollAsDevice(latchkey, deviceCode, app)
  const ask = async (deviceCode: string) => (await poll(deviceCode)).body['error']
  async function expectInterval(deviceCode: string, seconds: number): Promise<void> {
    latchkey.clock.advance(seconds)
    expect(await ask(deviceCode)).toBe('authorization_pending')
  }

  it('sooner than five seconds after the poll before, and not at five', async () => {
    const { deviceCode, body } = await start()
    // A device that is told no interval takes five seconds (RFC 8628 §3.2).
    expect(body['interval'] ?? 5).toBe(5)
    expect(await ask(deviceCode)).toBe('authorization_pending')
    await expectInterval(deviceCode, 5)
    await expectInterval(deviceCode, 5)
    latchkey.clock.advance(4)
    const hasty = await poll(deviceCode)
    expect([hasty.status, hasty.body['error']]).toEqual([400, 'slow_down'])
  })

  it('and each time waits five seconds more, from then on', async () => {
    const { deviceCode } = await start()
    expect(await ask(deviceCode)).toBe('authorization_pending')
    expect(await ask(deviceCode)).toBe('slow_down')
    latchkey.clock.advance(9)
    expect(await ask(deviceCode)).toBe('slow_down')
    await expectInterval(deviceCode, 15)
    await expectInterval(deviceCode, 15)
    latchkey.clock.advance(14)
    expect(await ask(deviceCode)).toBe('slow_down')
    await expectInterval(deviceCode, 20)
  })

  it('of several polls at once all but one, each of which counts', async () => {
    const { deviceCode } = await start()
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask(deviceCode)))
    expect(answers.filter(answer => answer === 'authorization_pending')).toHaveLength(1)
    expect(answers.filter(answer => answer === 'slow_down')).toHaveLength(3)
    latchkey.clock.advance(19)
    expect(await ask(deviceCode)).toBe('slow_down')
    await expectInterval(deviceCode, 25)
  })

  it('for its own code alone, and never once the person has decided', async () => {
    const [hasty, other] = [await start(), await start()]
    for (const expected of ['authorization_pending', 'slow_down', 'slow_down']) expect(await ask(hasty.deviceCode)).toBe(expected)
    expect(await ask(other.deviceCode)).toBe('authorization_pending')
    // What another app asks about somebody's code is not answered, and slows nobody down.
    expect((await poll(other.deviceCode, foreignTv)).body['error']).toBe('invalid_grant')
    await expectInterval(other.deviceCode, 5)
    await approveDevice(ada, `${latchkey.issuer}/device`, hasty.userCode)
    expect((await poll(hasty.deviceCode)).status).toBe(200)
  })
})
