import { Redis } from 'ioredis'
import { inject } from 'vitest'

export type TestRedis = {
  /** Of a numbered database that nobody else uses in this run. */
  url: string
  /** Empties the database. */
  drop(): Promise<void>
}

const counterKey = 'latchkey-test:next-database'

/**
 * An empty numbered database on the run's Redis. A database that holds anything is passed over, so a server that somebody
 * uses for other things loses nothing.
 */
export async function createTestRedis(serverUrl: string = inject('redisUrl')): Promise<TestRedis> {
  const client = new Redis(serverUrl, { lazyConnect: true })
  try {
    await client.connect()
    const count = await countDatabases(client)
    for (let tries = 1; tries < count; tries += 1) {
      await client.select(0)
      const number = 1 + ((await client.incr(counterKey)) % (count - 1))
      await client.expire(counterKey, 3600)
      await client.select(number)
      if ((await client.dbsize()) === 0) {
        const url = new URL(serverUrl)
        url.pathname = `/${number}`
        return { url: url.href, drop: () => emptyDatabase(url.href) }
      }
    }
    throw new Error('Every database of the Redis for tests holds something: a test did not drop its own')
  } finally {
    client.disconnect()
  }
}

async function countDatabases(client: Redis): Promise<number> {
  // CONFIG GET answers name and value in turn.
  const [, count] = (await client.config('GET', 'databases')) as [string, string]
  return Number(count)
}

async function emptyDatabase(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true })
  try {
    await client.connect()
    await client.flushdb()
  } finally {
    client.disconnect()
  }
}
