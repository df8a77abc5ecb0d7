import { type ChainEntry, type ChainHead, type Disclosure, installationChain } from '../ports/audit-chain.ts'
import type { Checkpoint } from './checkpoint.ts'
import { commit } from './commitment.ts'
import { firstHead, linkTo } from './link.ts'

/** What is wrong with a chain, in plain words, and where. */
export interface Finding {
  position: number | undefined
  message: string
}

export interface ChainReport {
  chainId: string
  /** How many events were checked, and of how many what they say can be read, was emptied by retention, or went with a person. */
  events: number
  readable: number
  emptied: number
  erased: number
  /** The first of what is wrong, and how much there is in all. */
  findings: Finding[]
  problems: number
  /** The last checkpoint that the chain agrees with. */
  covered: Checkpoint | undefined
}

export interface ChainChecker {
  /** In the order of their positions. */
  add(entry: ChainEntry): void
  /** For what is seen elsewhere than in the links. */
  complain(message: string, position?: number): void
  /** `head`: where the chain says that it ends. */
  finish(head: ChainHead | undefined): ChainReport
}

interface Misfit {
  before: ChainHead
  link: Buffer
  position: number
}

const findingsShown = 20
/** Among how many that do not fit is looked for one that stood elsewhere. */
const misfitsKept = 50

/**
 * Checks a chain entry by entry, in memory that doesn't grow with it. `checkpoints` are genuine, and of this chain. `start`: behind which
 * link it begins, where what came before is not at hand.
 */
export function createChainChecker(
  chainId: string,
  checkpoints: readonly Checkpoint[],
  start = firstHead(chainId),
): ChainChecker {
  const findings: Finding[] = []
  const misfits: Misfit[] = []
  const byPosition = Map.groupBy(checkpoints, ({ position }) => position)
  const counts = { events: 0, readable: 0, emptied: 0, erased: 0, problems: 0 }
  let covered: Checkpoint | undefined
  let head = start

  function complain(message: string, position?: number): void {
    counts.problems += 1
    if (findings.length < findingsShown) findings.push({ position, message })
  }

  function checkLink({ position, eventId, link }: ChainEntry, event: NonNullable<ChainEntry['event']>): void {
    if (linkTo(head, event).equals(link)) return
    const stoodAt = misfits.find(misfit => linkTo(misfit.before, event).equals(misfit.link))
    if (stoodAt) {
      complain(
        `The order was changed: the event ${eventId}, which stands here, was sealed at position ${stoodAt.position}.`,
        position,
      )
    } else {
      complain(
        `The event ${eventId} is not what was sealed here: its action, time, actor, target, person or a commitment was changed, or it was put in the place of another event.`,
        position,
      )
    }
    if (misfits.length < misfitsKept) misfits.push({ before: head, link, position })
  }

  function checkDisclosure(position: number, commitments: Record<string, string>, disclosure: Disclosure): void {
    if (disclosure.kind === 'emptied') counts.emptied += 1
    else if (disclosure.kind === 'erased') counts.erased += 1
    else if (disclosure.kind === 'broken')
      complain(
        'What this event says cannot be opened although its key is there: it was altered, or moved from another event.',
        position,
      )
    else {
      counts.readable += 1
      const { disclosures } = disclosure
      for (const name of Object.keys({ ...commitments, ...disclosures })) {
        const given = disclosures[name]
        const opens = given && commit(Buffer.from(given.salt, 'base64url'), name, given.value) === commitments[name]
        if (!opens) complain(`What this event says of "${name}" is not what was committed to: it was changed.`, position)
      }
    }
  }

  function checkCheckpoints({ position, link }: Pick<ChainEntry, 'position' | 'link'>): void {
    for (const checkpoint of byPosition.get(position) ?? []) {
      if (checkpoint.link.equals(link)) covered = checkpoint
      else
        complain(
          `The chain was written anew: at this position it differs from the checkpoint that was signed at ${checkpoint.at.toISOString()}.`,
          position,
        )
    }
  }

  checkCheckpoints(start)
  return {
    complain,

    add(entry) {
      const { position, eventId, event } = entry
      const missing = position - head.position - 1
      counts.events += 1
      if (missing < 0) complain('This position comes twice, or out of order.', position)
      else if (missing > 0)
        complain(
          missing === 1
            ? `An event was deleted: nothing stands at position ${position - 1}.`
            : `${missing} events were deleted: nothing stands at the positions ${head.position + 1} to ${position - 1}.`,
          head.position + 1,
        )
      if (event === undefined) complain(`The event ${eventId} was deleted; its link is there still.`, position)
      else {
        if ((event.workspaceId ?? installationChain) !== chainId)
          complain(`The event ${eventId} was moved to the log of ${event.workspaceId ?? 'the installation'}.`, position)
        if (missing === 0) checkLink(entry, event)
        checkDisclosure(position, event.commitments, event.disclosure)
      }
      checkCheckpoints(entry)
      head = { chainId, position, link: entry.link }
    },

    finish(end) {
      if (end && (end.position !== head.position || !end.link.equals(head.link)))
        complain(
          `The tail was cut off: the chain goes to position ${head.position}, and should go to ${end.position}.`,
          head.position,
        )
      const furthest = checkpoints.reduce<Checkpoint | undefined>(
        (last, each) => (last === undefined || each.position > last.position ? each : last),
        undefined,
      )
      if (furthest && furthest.position > head.position)
        complain(
          `The tail was cut off: the checkpoint that was signed at ${furthest.at.toISOString()} tells of ${furthest.position} events, and ${head.position} are there.`,
          head.position,
        )
      return { chainId, ...counts, findings, covered }
    },
  }
}
