import type { ComponentChildren, VNode } from 'preact'
import type { PageContext } from '../page-context.ts'
import { formatDay, formatMoment, formatRoughAge } from '../times.ts'

/** Things of one kind, one beneath the other; what would be here where there are none. */
export function Rows({ empty, children }: { empty?: string; children: VNode[] }): VNode {
  if (children.length === 0) return <p class="empty">{empty}</p>
  return <ul class="rows">{children}</ul>
}

/** One of them: its name, what is to be known of it, and what can be done with it. */
export function Row({
  title,
  badge,
  details,
  below,
  children,
}: {
  title: ComponentChildren
  badge?: string | undefined
  details: Array<ComponentChildren>
  /** What opens beneath it. */
  below?: ComponentChildren
  children?: ComponentChildren
}): VNode {
  return (
    <li class="row">
      <div class="row-text">
        <p class="row-title">
          {title}
          {badge && <span class="badge">{badge}</span>}
        </p>
        {details.filter(Boolean).map(detail => (
          <p class="row-detail">{detail}</p>
        ))}
      </div>
      {children && <div class="row-actions">{children}</div>}
      {below && <div class="row-below">{below}</div>}
    </li>
  )
}

/** How long ago, exact on hover. */
export function Ago({ page, moment, now }: { page: PageContext; moment: Date; now: Date }): VNode {
  return (
    <time dateTime={moment.toISOString()} title={formatMoment(page.locale, moment, page.timeZone)}>
      {formatRoughAge(page.locale, moment, now)}
    </time>
  )
}

/** The day, exact on hover. */
export function Day({ page, moment }: { page: PageContext; moment: Date }): VNode {
  return (
    <time class="day" dateTime={moment.toISOString()} title={formatMoment(page.locale, moment, page.timeZone)}>
      {formatDay(page.locale, moment, page.timeZone)}
    </time>
  )
}
