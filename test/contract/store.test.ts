import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createMemoryStore } from '../../adapters/memory/store.ts'
import { connectRedis } from '../../adapters/redis/connection.ts'
import { createRedisStore } from '../../adapters/redis/store.ts'
import { newSecret } from '../../provider/kernel/secrets.ts'
import type { Store } from '../../provider/ports/store.ts'
import { startOwnRedis, startRedis, startRedisCluster, startRedisSentinel } from '../support/redis.ts'

interface OpenStore {
  store: Store
  /** Lets so much time go by for the store. */
  advance(seconds: number): Promise<void>
  close(): Promise<void>
}

async function openMemoryStore(): Promise<OpenStore> {
  let now = Date.UTC(2030, 0, 1)
  const store = createMemoryStore(() => new Date(now))
  return {
    store,
    advance: async seconds => void (now += seconds * 1000),
    close: () => store.close(),
  }
}

async function openRedisStore(start: () => Promise<{ url: string; stop(): Promise<void> }>): Promise<OpenStore> {
  const server = await start()
  const store = createRedisStore(await connectRedis(server.url))
  return {
    store,
    advance: seconds => pause(seconds * 1000 + 20),
    close: async () => {
      await store.close()
      await server.stop()
    },
  }
}

describe.each([
  { name: 'in memory', open: openMemoryStore },
  { name: 'on Redis', open: () => openRedisStore(startRedis) },
  { name: 'on a Redis cluster of three masters', open: () => openRedisStore(startRedisCluster) },
])('a store $name', ({ open }) => {
  let opened: OpenStore
  let store: Store
  beforeAll(async () => {
    opened = await open()
    store = opened.store
  }, 30_000)
  afterAll(() => opened?.close())

  const key = () => `test:${newSecret()}`

  it('answers what was put, and undefined where nothing was', async () => {
    const name = key()
    expect(await store.get(name)).toBeUndefined()
    await store.put(name, 'zażółć {"a":"\u0000\r\n"}', 60)
    expect(await store.get(name)).toBe('zażółć {"a":"\u0000\r\n"}')
    await store.put(name, '', 60)
    expect(await store.get(name)).toBe('')
    await store.delete(name)
    expect(await store.get(name)).toBeUndefined()
    await store.delete(name)
  })

  it('forgets a value when its time is over, and a new value lives its own time', async () => {
    const [short, renewed] = [key(), key()]
    await store.put(short, 'value', 0.4)
    await store.put(renewed, 'value', 0.4)
    await store.put(renewed, 'newer', 60)
    expect(await store.get(short)).toBe('value')
    await opened.advance(0.4)
    expect(await store.get(short)).toBeUndefined()
    expect(await store.take(short)).toBeUndefined()
    expect(await store.get(renewed)).toBe('newer')
  })

  it('gives a taken value to one of fifty', async () => {
    const name = key()
    await store.put(name, 'once', 60)
    const answers = await Promise.all(Array.from({ length: 50 }, () => store.take(name)))
    expect(answers.filter(answer => answer === 'once')).toHaveLength(1)
    expect(answers.filter(answer => answer === undefined)).toHaveLength(49)
  })

  it('lets one of fifty change a value, and one of fifty write the first', async () => {
    const name = key()
    const first = await Promise.all(
      Array.from({ length: 50 }, (_, at) => store.compareAndSet(name, undefined, `first ${at}`, 60)),
    )
    expect(first.filter(Boolean)).toHaveLength(1)
    const written = await store.get(name)
    expect(written).toBe(`first ${first.indexOf(true)}`)
    const second = await Promise.all(
      Array.from({ length: 50 }, (_, at) => store.compareAndSet(name, written, `second ${at}`, 60)),
    )
    expect(second.filter(Boolean)).toHaveLength(1)
    expect(await store.get(name)).toBe(`second ${second.indexOf(true)}`)
  })

  it('compares with what is there now: nothing is not the empty value, and an expired value is nothing', async () => {
    const name = key()
    expect(await store.compareAndSet(name, '', 'next', 60)).toBe(false)
    await store.put(name, '', 0.4)
    expect(await store.compareAndSet(name, undefined, 'next', 60)).toBe(false)
    await opened.advance(0.4)
    expect(await store.compareAndSet(name, '', 'next', 60)).toBe(false)
    expect(await store.compareAndSet(name, undefined, 'next', 0.4)).toBe(true)
    await opened.advance(0.4)
    expect(await store.get(name)).toBeUndefined()
  })

  it('counts each of fifty increments once', async () => {
    const name = key()
    const counts = await Promise.all(Array.from({ length: 50 }, () => store.increment(name, 60)))
    expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, at) => at + 1))
  })

  it('starts the time of a counter with the first increment, and does not prolong it', async () => {
    const name = key()
    expect(await store.increment(name, 0.4)).toBe(1)
    await opened.advance(0.2)
    expect(await store.increment(name, 60)).toBe(2)
    await opened.advance(0.2)
    expect(await store.increment(name, 60)).toBe(1)
  })

  it('keeps keys apart whatever they are made of', async () => {
    const names = ['{slot}:a', '{slot}:b', 'with space', 'line\r\nbreak', '__proto__', 'constructor'].map(
      text => `${key()}${text}`,
    )
    await Promise.all(names.map(name => store.put(name, name, 60)))
    expect(await Promise.all(names.map(name => store.get(name)))).toEqual(names)
  })

  it('answers a ping', async () => {
    await expect(store.ping()).resolves.toBeUndefined()
  })
})

describe('a store in memory', () => {
  it('expires at the very millisecond', async () => {
    const { store, advance, close } = await openMemoryStore()
    await store.put('key', 'value', 10)
    await advance(9.999)
    expect(await store.get('key')).toBe('value')
    await advance(0.001)
    expect(await store.get('key')).toBeUndefined()
    await close()
  })

  it('stays bounded when flooded, and keeps what is in use', async () => {
    const { store, close } = await openMemoryStore()
    await store.put('in use', 'value', 60)
    const large = 'x'.repeat(1_000_000)
    for (let at = 0; at < 100; at++) {
      await store.put(`flood ${at}`, large, 60)
      await store.get('in use')
    }
    expect(await store.get('flood 0')).toBeUndefined()
    expect(await store.get('flood 99')).toBe(large)
    expect(await store.get('in use')).toBe('value')
    await close()
  })

  it('never makes a used proof usable again, however it is flooded', async () => {
    const { store, advance, close } = await openMemoryStore()
    const use = (name: string) => store.compareAndSet(`replay:${name}`, undefined, '1', 60)
    expect(await use('first')).toBe(true)
    for (let at = 0; at < 100_001; at++) await store.put(`flood ${at}`, 'x', 60)
    expect(await use('first')).toBe(false)
    for (let at = 1; at < 200_000; at++) await use(`flood ${at}`)
    await expect(use('one more')).rejects.toMatchObject({ code: 'unavailable' })
    expect(await use('first')).toBe(false)
    await store.put('anything else', 'value', 60)
    await advance(60)
    expect(await use('one more')).toBe(true)
    await close()
  })
})

describe('a store on Redis', () => {
  it('fails at once while Redis is gone, and works again when it is back', async () => {
    const before = await startOwnRedis()
    onTestFinished(() => before.stop())
    const store = createRedisStore(await connectRedis(before.url))
    await store.put('key', 'value', 60)
    await before.stop()
    await pause(50)
    const began = performance.now()
    for (const attempt of [
      store.get('key'),
      store.put('key', 'x', 1),
      store.take('key'),
      store.compareAndSet('key', 'a', 'b', 1),
      store.increment('n', 1),
      store.ping(),
    ]) {
      await expect(attempt).rejects.toMatchObject({ code: 'unavailable' })
    }
    expect(performance.now() - began).toBeLessThan(500)
    const after = await startOwnRedis(before.port)
    onTestFinished(() => after.stop())
    await expect.poll(() => store.put('key', 'again', 60).then(() => store.get('key')), { timeout: 5_000 }).toBe('again')
    await store.close()
  }, 15_000)

  it('gives up on a Redis that hangs within a second or so, and finds it again', async () => {
    const server = await startOwnRedis()
    onTestFinished(() => server.stop())
    const store = createRedisStore(await connectRedis(server.url))
    await store.put('key', 'value', 60)
    server.suspend()
    const began = performance.now()
    await expect(store.get('key')).rejects.toMatchObject({ code: 'unavailable' })
    expect(performance.now() - began).toBeLessThan(1_500)
    server.resume()
    await expect.poll(() => store.get('key').catch(() => undefined), { timeout: 5_000 }).toBe('value')
    await store.close()
  }, 15_000)

  it('behind Sentinel follows the master to another server', async () => {
    const servers = await startRedisSentinel()
    onTestFinished(() => servers.stop())
    const store = createRedisStore(await connectRedis(servers.url))
    await store.put('before', 'value', 60)
    // What the replica does not have yet may be lost.
    await servers.waitForCopy()
    await servers.stopMaster()
    await expect
      .poll(
        () =>
          store.put('after', 'value', 60).then(
            () => true,
            () => false,
          ),
        { timeout: 15_000 },
      )
      .toBe(true)
    expect(await store.get('before')).toBe('value')
    await store.close()
  }, 60_000)

  it('on a cluster finds its nodes again after all connections broke', async () => {
    const cluster = await startRedisCluster()
    onTestFinished(() => cluster.stop())
    const store = createRedisStore(await connectRedis(cluster.url))
    const keys = Array.from({ length: 30 }, (_, at) => `key ${at}`)
    await Promise.all(keys.map(key => store.put(key, 'value', 60)))
    cluster.dropConnections()
    await expect
      .poll(
        async () => {
          const outcomes = await Promise.allSettled(keys.map(key => store.put(key, 'again', 60)))
          return outcomes.filter(({ status }) => status === 'rejected').length
        },
        { timeout: 20_000 },
      )
      .toBe(0)
    await store.close()
  }, 40_000)

  it('never says what was in the command that failed', async () => {
    const server = await startOwnRedis()
    onTestFinished(() => server.stop())
    const store = createRedisStore(await connectRedis(server.url))
    server.suspend()
    const error = await store.put('key', 'the secret value', 60).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'unavailable' })
    const { inspect } = await import('node:util')
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('secret value')
    server.resume()
    await store.close()
  })

  it.each([
    ['redis://:hunter2@', 'none of the known forms'],
    ['redis://:hunter2@a:1,b:2', 'several hosts'],
    ['redis+sentinel://:hunter2@a:1', "master's name"],
    ['redis+cluster://:hunter2@a:1/3', 'database 0'],
    ['redis://:hunter2@a/first', 'whole number'],
    ['redis://:hunter2@a:99999', 'host:port'],
    ['redis://:hunter2@a?typo=1', '"typo"'],
    ['http://:hunter2@a', 'none of the known forms'],
    ['redis://:hunter2%@a', 'percent-encoded'],
  ])('does not start on %s, and says why without the password', async (url, why) => {
    const error = await connectRedis(url).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'StartError' })
    expect(String(error)).toContain(why)
    expect(String(error)).not.toContain('hunter2')
  })
})
