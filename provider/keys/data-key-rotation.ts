import { recordEvent, withoutRequest } from '../audit/record.ts'
import { type Clock, secondsAfter } from '../kernel/clock.ts'
import { AppError, toError } from '../kernel/errors.ts'
import { type Rounds, startRounds } from '../kernel/rounds.ts'
import type { Data } from '../ports/data.ts'
import type { KeyRotation, RotatableOwner } from '../ports/data-keys.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { Telemetry } from '../ports/telemetry.ts'

const defaultIntervalMilliseconds = 10_000
const rowsAtOnce = 100
const eventsAtOnce = 500

/** Clocks that differ, and transactions that were under way: as long again is waited before and after a new key begins to seal. */
const marginSeconds = 60

const daySeconds = 86_400

const mode = { kind: 'system', reason: 'job' } as const

interface Options {
  data: Data
  clock: Clock
  telemetry: Telemetry
  /** For how long a process may go on with a keyring that has changed (ports/field-cipher.ts). */
  heldSeconds: number
  intervalMilliseconds?: number
}

/**
 * Renews the data keys that were asked for, in the background, in small steps. Each is a transaction, and what is left to do can be
 * seen of the data themselves: a process that dies loses its last step alone, and any other one goes on.
 *
 * A new generation is published first, and seals when no process holds a keyring without it any more; the rest is sealed under it
 * then; and when nothing is left the old ones are dropped, with whatever a stolen copy of them could open.
 */
export function startDataKeyRotation(options: Options): Rounds {
  const { telemetry, intervalMilliseconds = defaultIntervalMilliseconds } = options
  async function work(stopping: AbortSignal): Promise<void> {
    try {
      while (!stopping.aborted && (await takeStep(options)));
    } catch (error) {
      telemetry.log.warn({ error: toError(error) }, 'a data key could not be renewed further; trying again')
    }
  }

  return startRounds(work, intervalMilliseconds)
}

/** False where there is nothing to be done now. */
async function takeStep(options: Options): Promise<boolean> {
  const { data, clock } = options
  if (await takeDueStep(options)) return true
  const broken = await data.scoped(mode, ({ dataKeys }) => dataKeys.resealEvents(eventsAtOnce))
  for (const owner of broken ?? []) await putOff(options, owner, new Error('What the audit log keeps does not open'))
  const finished = await data.scoped(mode, repositories => finish(repositories, clock))
  return finished || broken !== undefined
}

async function takeDueStep(options: Options): Promise<boolean> {
  const { data, clock, heldSeconds } = options
  const now = clock()
  const sealsFrom = secondsAfter(now, heldSeconds + marginSeconds)
  let taken: KeyRotation | undefined
  try {
    await data.scoped(mode, async repositories => {
      taken = await repositories.dataKeys.takeDueRotation(now)
      if (taken) await advance(repositories, taken, sealsFrom, clock)
    })
  } catch (error) {
    if (!taken || (error instanceof AppError && error.code === 'unavailable')) throw error
    await putOff(options, taken.owner, toError(error))
  }
  return taken !== undefined
}

/** What does not open is no reason to keep others waiting, nor to drop a key that may open it yet. */
async function putOff({ data, clock, telemetry }: Options, owner: RotatableOwner, error: Error): Promise<void> {
  telemetry.log.error(
    { of: owner.kind, id: owner.kind === 'user' ? owner.userId : owner.workspaceId, error },
    'a data key could not be renewed, because something that it has sealed does not open: trying again in a day',
  )
  await data.scoped(mode, ({ dataKeys }) => dataKeys.putOff(owner, secondsAfter(clock(), daySeconds)))
}

async function advance(repositories: Repositories, { owner, phase }: KeyRotation, sealsFrom: Date, clock: Clock): Promise<void> {
  const { dataKeys } = repositories
  if (phase === 'published') {
    if ((await dataKeys.resealOwner(owner, rowsAtOnce)) === 0) await dataKeys.leaveToEvents(owner)
    return
  }
  const generation = await dataKeys.publishGeneration(owner, sealsFrom, secondsAfter(sealsFrom, marginSeconds))
  if (generation !== undefined) await record(repositories, 'data-key.renewed', owner, generation, clock)
}

async function finish(repositories: Repositories, clock: Clock): Promise<boolean> {
  const owner = await repositories.dataKeys.takeFinishedRotation()
  if (owner === undefined) return false
  // A last look: what was written meanwhile is sealed under the new key already.
  if ((await repositories.dataKeys.resealOwner(owner, rowsAtOnce)) > 0) return true
  const generation = await repositories.dataKeys.dropOldGenerations(owner)
  if (generation !== undefined) await record(repositories, 'data-key.old-dropped', owner, generation, clock)
  return true
}

async function record(
  repositories: Repositories,
  action: 'data-key.renewed' | 'data-key.old-dropped',
  owner: RotatableOwner,
  generation: number,
  clock: Clock,
): Promise<void> {
  const userId = owner.kind === 'user' ? owner.userId : undefined
  const workspaceId = owner.kind === 'workspace' ? owner.workspaceId : undefined
  await recordEvent(
    repositories,
    { action, userId, workspaceId, generation: String(generation) },
    withoutRequest({ kind: 'system', reason: 'job' }, clock),
  )
}
