import type { Store } from '../../provider/ports/store.ts'
import { command, type RedisConnection } from './connection.ts'

// One key in each command and script: a cluster keeps keys on different nodes.
const compareAndSetScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`

const incrementScript = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count`

interface ScriptCommands {
  storeCompareAndSet(key: string, expected: string, next: string, milliseconds: number): Promise<number>
  storeIncrement(key: string, milliseconds: number): Promise<number>
}

/** A store shared by all nodes. Where Redis is away, every method rejects with AppError `unavailable`, within a second. */
export function createRedisStore(connection: RedisConnection): Store {
  connection.defineCommand('storeCompareAndSet', { numberOfKeys: 1, lua: compareAndSetScript })
  connection.defineCommand('storeIncrement', { numberOfKeys: 1, lua: incrementScript })
  // defineCommand adds the two methods at run time, where the compiler does not see them.
  const scripts = connection as unknown as ScriptCommands

  return {
    async get(key) {
      return (await command(connection.get(key))) ?? undefined
    },
    async put(key, value, ttlSeconds) {
      await command(connection.set(key, value, 'PX', milliseconds(ttlSeconds)))
    },
    async take(key) {
      return (await command(connection.getdel(key))) ?? undefined
    },
    async compareAndSet(key, expected, next, ttlSeconds) {
      if (expected === undefined) return (await command(connection.set(key, next, 'PX', milliseconds(ttlSeconds), 'NX'))) === 'OK'
      return (await command(scripts.storeCompareAndSet(key, expected, next, milliseconds(ttlSeconds)))) === 1
    },
    async increment(key, ttlSeconds) {
      return command(scripts.storeIncrement(key, milliseconds(ttlSeconds)))
    },
    async delete(key) {
      await command(connection.del(key))
    },
    async ping() {
      await command(connection.ping())
    },
    async close() {
      connection.disconnect()
    },
  }
}

function milliseconds(seconds: number): number {
  return Math.max(1, Math.ceil(seconds * 1000))
}
