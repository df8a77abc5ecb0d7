import type { Settings } from '../../../config/schema.ts'
import { connectRedis, type RedisConnection } from '../../../adapters/redis/connection.ts'
import { StartError } from '../../kernel/errors.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

const oldestVersion = 7

export async function checkRedis({ redisUrl, databaseUrl }: Settings): Promise<Finding[]> {
  if (redisUrl === undefined && databaseUrl === undefined)
    return [ok('redis', 'Not used: one process keeps short-lived state in its memory.')]
  if (redisUrl === undefined) {
    const message = 'Without REDIS_URL short-lived state is in the memory of one process, and is gone when it ends.'
    return [
      warning('redis', message, 'Set REDIS_URL before a second node serves, and to keep sign-ins in progress across a restart.'),
    ]
  }
  try {
    const connection = await connectRedis(redisUrl)
    try {
      return await inspect(connection)
    } finally {
      connection.disconnect()
    }
  } catch (error) {
    return [
      problem(
        'redis',
        error instanceof StartError ? error.message : 'REDIS_URL: Redis answers, but not to PING and INFO. The login needs both.',
      ),
    ]
  }
}

async function inspect(connection: RedisConnection): Promise<Finding[]> {
  const begun = performance.now()
  await connection.ping()
  const milliseconds = (performance.now() - begun).toFixed(1)
  // INFO tells the policy also where a provider forbids CONFIG.
  const facts = parseInfo(await connection.info())
  const version = facts.get('redis_version') ?? 'unknown'
  const policy = facts.get('maxmemory_policy')
  const findings: Finding[] = []
  if (Number.parseInt(version, 10) < oldestVersion) {
    findings.push(problem('redis', `Redis is version ${version}.`, `Use version ${oldestVersion} or newer.`))
  }
  if (policy !== undefined && policy !== 'noeviction') {
    const message = `Redis may drop keys to make room (maxmemory-policy ${policy}), sign-ins in progress and counts of limits among them.`
    findings.push(warning('redis', message, 'Set maxmemory-policy to noeviction, and enough memory.'))
  }
  return findings.length > 0 ? findings : [ok('redis', `Redis ${version} answers in ${milliseconds} ms and drops no keys.`)]
}

function parseInfo(text: string): Map<string, string> {
  const lines = text.split(/\r?\n/).map(line => line.split(':', 2))
  return new Map(lines.flatMap(([name, value]) => (name === undefined || value === undefined ? [] : [[name, value]])))
}
