import type { Adapters } from '../adapters/open.ts'
import { buildEvent, recordEvent, withoutRequest } from './audit/record.ts'
import type { Clock } from './kernel/clock.ts'
import { handleBackChannelLogout, type DeliverLogout } from './oidc/back-channel-logout.ts'
import type { JobHandler } from './ports/jobs.ts'

/** What happens later: each kind of job with its handler. */
export async function startJobs({
  adapters,
  clock,
  deliverLogout,
}: {
  adapters: Adapters
  clock: Clock
  deliverLogout: DeliverLogout
}): Promise<void> {
  const { data, jobRunner } = adapters
  await jobRunner.work('mail', handleMail(adapters, clock))
  await jobRunner.work('back-channel-logout', handleBackChannelLogout({ data, clock, deliver: deliverLogout }))
}

function handleMail({ data, mailer, telemetry }: Adapters, clock: Clock): JobHandler<'mail'> {
  const circumstances = withoutRequest({ kind: 'system', reason: 'job' }, clock)
  const mode = { kind: 'system', reason: 'job' } as const
  return async ({ message }) => {
    try {
      await mailer.send(message)
    } catch (error) {
      telemetry.count('mails', { outcome: 'failed' })
      telemetry.log.warn(
        { messageId: message.messageId, error: error instanceof Error ? error : undefined },
        'a mail could not be handed over and will be tried again',
      )
      const reason = error instanceof Error ? error.name : 'unknown'
      await data.scoped(mode, repositories =>
        recordEvent(repositories, { action: 'mail.failed', message_id: message.messageId, reason }, circumstances),
      )
      throw error
    }
    telemetry.count('mails', { outcome: 'delivered' })
    return [buildEvent({ action: 'mail.delivered', message_id: message.messageId }, circumstances)]
  }
}
