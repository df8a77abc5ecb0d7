import type { Client, Provider } from 'oidc-provider'
import { recordEvent, withoutRequest } from '../audit/record.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Data } from '../ports/data.ts'
import type { JobHandler } from '../ports/jobs.ts'
import { protocol } from './grant-adapter.ts'

/** Sends a logout token to an app, now (OpenID Connect Back-Channel Logout 1.0 §2.5). */
export type DeliverLogout = (clientId: string, userId: string, sid: string) => Promise<void>

/**
 * Makes a job of each logout notice: a receiver that hangs delays nobody's sign-out, and one that is down is told later. Answers
 * what the job does.
 */
export function enqueueBackChannelLogouts(provider: Provider, data: Data): DeliverLogout {
  const { prototype } = provider.Client
  // Not in the types of oidc-provider, though its end-session endpoint calls it on every client.
  const deliver = Reflect.get(prototype, 'backchannelLogout') as (this: Client, userId: string, sid: string) => Promise<void>
  Object.assign(prototype, {
    backchannelLogout(this: Client, userId: string, sid: string): Promise<void> {
      return enqueueLogout(data, { clientId: this.clientId, userId, sid })
    },
  })
  return async (clientId, userId, sid) => {
    const client = await provider.Client.find(clientId)
    if (client?.['backchannelLogoutUri'] !== undefined) await deliver.call(client, userId, sid)
  }
}

/** Has an app be told that a person's session, by its `sid`, is over. */
export function enqueueLogout(data: Data, notice: { clientId: string; userId: string; sid: string }): Promise<void> {
  return data.scoped(protocol, ({ jobs }) => jobs.enqueue('back-channel-logout', notice))
}

export function handleBackChannelLogout({
  data,
  clock,
  deliver,
}: {
  data: Data
  clock: Clock
  deliver: DeliverLogout
}): JobHandler<'back-channel-logout'> {
  const record = (
    action: 'back-channel-logout.delivered' | 'back-channel-logout.failed',
    payload: { clientId: string; userId: string; sid: string },
    reason: string,
  ) =>
    data.scoped({ kind: 'system', reason: 'job' }, repositories => {
      const event = { userId: payload.userId, client_id: payload.clientId, session_uid: payload.sid }
      return recordEvent(
        repositories,
        action === 'back-channel-logout.delivered' ? { ...event, action } : { ...event, action, reason },
        withoutRequest({ kind: 'system', reason: 'job' }, clock),
      )
    })
  return async payload => {
    try {
      await deliver(payload.clientId, payload.userId, payload.sid)
    } catch (error) {
      await record('back-channel-logout.failed', payload, error instanceof Error ? error.name : 'unknown')
      throw error
    }
    await record('back-channel-logout.delivered', payload, '')
  }
}
