import { PgBoss, type Queue } from 'pg-boss'
import { newId } from '../../provider/kernel/ids.ts'
import type { FieldCipher, FieldContext } from '../../provider/ports/field-cipher.ts'
import type { JobHandler, JobName, JobPayloads, JobRunner } from '../../provider/ports/jobs.ts'
import type { Logger } from '../../provider/ports/telemetry.ts'
import type { OwnerSession, ScopeRoles, SqlDatabase, SqlScope, Statement } from './database.ts'
import { type ClaimedJob, createJobPump, type JobPump } from './job-pump.ts'
import { createAuditEventRepository } from './repositories/audit-events.ts'
import { createVault } from './vault.ts'

/** pg-boss keeps its tables here; its rows belong to no tenant, and what they carry is sealed. */
const schema = 'latchkey_jobs'

// Pauses of 2, 4, 8 … seconds, then an hour between attempts: the last one comes after 29 hours.
const queueOptions = {
  retryLimit: 40,
  retryDelay: 2,
  retryBackoff: true,
  retryDelayMax: 3600,
  // A process that died stops refreshing its jobs; another one takes them over when this is over.
  // As soon as pg-boss allows: somebody may be waiting for that mail.
  heartbeatSeconds: 10,
  expireInSeconds: 600,
  retentionSeconds: 3 * 24 * 3600,
  // Given-up jobs alone: a job that was done is deleted at once.
  deleteAfterSeconds: 24 * 3600,
} satisfies Omit<Queue, 'name'>

const queueNames: Record<JobName, true> = { mail: true, 'back-channel-logout': true }

// Any number but the one that the other migrations take.
const migrationLock = 4_201_650_118

/**
 * Creates or updates the queue's tables as their owner, and gives the serving login and the roles of the access modes what
 * they need: the login runs jobs, the roles add them. Comes after the other migrations, which make the roles, and outside
 * their transaction, because pg-boss commits by itself. Several nodes may call it at once.
 */
export async function migrateJobs(database: SqlDatabase): Promise<void> {
  const roles = await database.roles()
  await database.asOwner(async owner => {
    await owner.execute('select pg_advisory_lock($1)', [migrationLock])
    try {
      await migrateTables(owner)
      await grantRights(owner, roles)
    } finally {
      await owner.execute('select pg_advisory_unlock($1)', [migrationLock])
    }
  })
}

async function migrateTables(owner: OwnerSession): Promise<void> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => owner.execute(text, values) },
    schema,
    supervise: false,
    schedule: false,
  })
  const failures: Error[] = []
  boss.on('error', error => failures.push(error))
  await boss.start()
  try {
    for (const name of Object.keys(queueNames)) {
      if (await boss.getQueue(name)) await boss.updateQueue(name, queueOptions)
      else await boss.createQueue(name, queueOptions)
    }
  } finally {
    await boss.stop({ graceful: false })
  }
  if (failures[0]) throw failures[0]
}

async function grantRights(owner: OwnerSession, roles: ScopeRoles): Promise<void> {
  const login = quoteName(owner.servingLogin)
  const scopes = Object.values(roles).map(quoteName).join(', ')
  await owner.execute(`
    grant usage on schema ${schema} to ${login}, ${scopes};
    grant select, insert, update, delete on all tables in schema ${schema} to ${login};
    grant insert on ${schema}.job to ${scopes};
    grant select on ${schema}.queue to ${scopes};`)
}

// What pg-boss's own insert does for a job without options, at half its cost: that one unpacks JSON for any number of jobs
// with any options. A claimed one is as if it had been fetched. Where there is no such queue, because the database is not
// migrated, it fails (`conflict`).
const insertJob: Statement<{ id: string; name: JobName; data: string; isClaimed: boolean }, unknown> = {
  text: `with added as (
      insert into ${schema}.job (id, name, data, state, started_on, heartbeat_on, policy, retry_limit, retry_delay, retry_backoff,
        retry_delay_max, expire_seconds, deletion_seconds, heartbeat_seconds, keep_until)
      select $1::uuid, name, $2::jsonb, (case when $4::boolean then 'active' else 'created' end)::${schema}.job_state,
        case when $4 then now() end, case when $4 then now() end, policy, retry_limit, retry_delay, retry_backoff, retry_delay_max,
        expire_seconds, deletion_seconds, heartbeat_seconds, now() + retention_seconds * interval '1 second'
      from ${schema}.queue where name = $3 returning 1)
    select 1 / count(*) from added`,
  values: ({ id, name, data, isClaimed }) => [id, data, name, isClaimed],
  name: kind => `enqueue_job_${kind}`,
}

// What nobody has begun is as it was before it was claimed.
const giveBackJobs = `update ${schema}.job set state = 'created', started_on = null, heartbeat_on = null where id = any($1::uuid[])`

/**
 * Adds a job within the caller's transaction: it exists if and only if that commits. Where this process runs such jobs, it has
 * claimed this one from the beginning, and starts at once; should it die before, the claim lapses.
 */
export async function enqueueJob<Name extends JobName>(
  scope: SqlScope,
  cipher: FieldCipher,
  name: Name,
  payload: JobPayloads[Name],
): Promise<void> {
  const id = newId()
  const sealed = cipher.installation.seal(placeOf(name, id), JSON.stringify(payload)).toString('base64')
  const isClaimed = scope.isHeard(topicOf(name))
  await scope.post(insertJob, { id, name, data: JSON.stringify({ sealed }), isClaimed })
  const job: ClaimedJob<JobPayloads[Name]> = { id, payload }
  scope.announce(topicOf(name), isClaimed ? job : undefined)
}

/**
 * Opens the queue for running jobs. Its upkeep, which finds the jobs of processes that died, runs on one node at a time, every
 * `upkeepSeconds`.
 */
export async function openJobRunner(
  database: SqlDatabase,
  cipher: FieldCipher,
  log: Logger,
  { upkeepSeconds = 5 }: { upkeepSeconds?: number } = {},
): Promise<JobRunner> {
  const boss = new PgBoss({
    // Statements that jobs are made of are worth keeping prepared; what holds several statements cannot be.
    db: { executeSql: (text, values = []) => database.execute(text, text.includes(';') ? undefined : values) },
    backend: database.kind === 'embedded' ? 'pglite' : 'postgres',
    schema,
    migrate: false,
    schedule: false,
    superviseIntervalSeconds: upkeepSeconds,
    monitorIntervalSeconds: upkeepSeconds,
    maintenanceIntervalSeconds: 3600,
    // Neither jobs that wait for others nor changes of queues while serving are used here.
    flowIntervalSeconds: 24 * 3600,
    queueCacheIntervalSeconds: 3600,
    // These need the owner of the tables, or another's statistics.
    reindex: false,
    monitorVacuum: false,
  })
  boss.on('error', error => log.warn({ error }, 'The job queue could not do its upkeep'))
  if (database.kind === 'embedded') await releaseOrphans(database)
  await boss.start()

  const pumps: JobPump[] = []
  return {
    async work<Name extends JobName>(name: Name, handler: JobHandler<Name>) {
      const pump = createJobPump<JobPayloads[Name]>({
        boss,
        name,
        log,
        // Nobody else adds jobs to an embedded database: polling finds what is due again.
        pollMilliseconds: database.kind === 'embedded' ? 5_000 : 1_500,
        open: (id, sealed) => JSON.parse(cipher.installation.open(placeOf(name, id), Buffer.from(sealed, 'base64'))),
        run: async payload => (await handler(payload)) ?? [],
        // What is announced for a topic is what `enqueueJob` announced.
        listen: take => database.listen(topicOf(name), job => take(job as ClaimedJob<JobPayloads[Name]> | undefined)),
        record: events =>
          database.transaction({ kind: 'system', reason: 'job' }, scope =>
            createAuditEventRepository(scope, createVault(scope, cipher)).append(events),
          ),
        async giveBack(ids) {
          await database.execute(giveBackJobs, [ids])
        },
      })
      pumps.push(pump)
    },
    async stop() {
      await Promise.all(pumps.map(pump => pump.stop()))
      await boss.stop({ graceful: false })
    },
  }
}

/** An embedded database belongs to one process: what another one was busy with has nobody any more. */
async function releaseOrphans(database: SqlDatabase): Promise<void> {
  await database.execute(`update ${schema}.job set state = 'retry', start_after = now() where state = 'active'`)
}

function topicOf(name: JobName): string {
  return `job:${name}`
}

function placeOf(name: JobName, id: string): FieldContext {
  return { table: 'job', column: name, row: id }
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
