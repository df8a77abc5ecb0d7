import type { ComponentChildren, VNode } from 'preact'
import type { Speaker } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { appName, tidyName } from '../text.ts'
import { formatAge, formatMoment } from '../times.ts'

/** Names and what they are, one beneath the other. */
export function Facts({ facts }: { facts: Array<{ name: string; value: ComponentChildren }> }): VNode {
  return (
    <dl class="facts">
      {facts.map(({ name, value }) => (
        <div>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Where a sign-in began: what a person needs to know whether it was theirs. */
export interface Beginning {
  /** Kind of device: "Firefox on Linux". */
  device: string
  requestedAt: Date
  /** The present moment, to say how long ago that was. */
  now: Date
}

export function BeginningFacts({
  page,
  speaker,
  beginning,
}: {
  page: PageContext
  speaker: Speaker
  beginning: Beginning
}): VNode {
  const { device, requestedAt, now } = beginning
  return (
    <Facts
      facts={[
        { name: speaker.say('fact.app'), value: <bdi>{appName(page)}</bdi> },
        { name: speaker.say('fact.device'), value: <bdi>{tidyName(device)}</bdi> },
        {
          name: speaker.say('fact.time'),
          value: (
            <>
              {formatAge(page.locale, requestedAt, now)}
              <time dateTime={requestedAt.toISOString()}>{formatMoment(page.locale, requestedAt, page.timeZone)}</time>
            </>
          ),
        },
      ]}
    />
  )
}
