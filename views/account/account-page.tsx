import type { ComponentChildren, VNode } from 'preact'
import { renderDocument } from '../document.tsx'
import { type Speaker, speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { Notice } from '../parts/notice.tsx'

/** The pages of an account, in the order of its menu. */
const sections = ['overview', 'profile', 'addresses', 'ways-in', 'sessions', 'activity', 'apps', 'workspaces', 'data'] as const

export type AccountSection = (typeof sections)[number]

/** What has just been done, for the page that comes after it to say. */
export const accountOutcomes = [
  'saved',
  'address-added',
  'code-resent',
  'address-removed',
  'primary-changed',
  'factor-added',
  'factor-removed',
  'renamed',
  'linked',
  'unlinked',
  'session-ended',
  'others-ended',
  'app-disconnected',
  'account-kept',
  'workspace-left',
  'workspace-founded',
] as const

export type AccountOutcome = (typeof accountOutcomes)[number]

/** Where a page of the account is. */
export function accountHref(section: AccountSection): string {
  return section === 'overview' ? '/account' : `/account/${section}`
}

interface AccountPageOptions {
  section: AccountSection
  title: string
  /** The page tells of a mistake in what was typed. */
  problem?: boolean
  outcome?: AccountOutcome | undefined
  head?: ComponentChildren
}

/** A page of somebody's account: the menu beside it, its heading, and what was just done. */
export function renderAccountPage(
  page: PageContext,
  { section, title, problem, outcome, head }: AccountPageOptions,
  content: (speaker: Speaker) => ComponentChildren,
): string {
  const rail = <Rail section={section} speaker={speak(page.locale)} />
  return renderDocument(page, { title, rail, ...(problem ? { problem } : {}), ...(head ? { head } : {}) }, speaker => (
    <>
      <h1>{title}</h1>
      {outcome && <Notice kind="done">{speaker.say(`account.done.${outcome}`)}</Notice>}
      {content(speaker)}
    </>
  ))
}

/** One list twice, of which one is shown: beside the page where there is room, else behind a word that opens it. */
function Rail({ section, speaker }: { section: AccountSection; speaker: Speaker }): VNode {
  const { say } = speaker
  return (
    <div class="rail">
      <nav class="rail-beside" aria-label={say('account.menu')}>
        <RailLinks section={section} speaker={speaker} />
      </nav>
      <details class="rail-menu">
        <summary>
          <span class="rail-word">{say('account.menu')}</span>
          <span>{say(`account.section.${section}`)}</span>
        </summary>
        <nav aria-label={say('account.menu')}>
          <RailLinks section={section} speaker={speaker} />
        </nav>
      </details>
    </div>
  )
}

function RailLinks({ section, speaker: { say } }: { section: AccountSection; speaker: Speaker }): VNode {
  return (
    <ul class="rail-links">
      {sections.map(each => (
        <li>
          <a href={accountHref(each)} aria-current={each === section ? 'page' : undefined}>
            {say(`account.section.${each}`)}
          </a>
        </li>
      ))}
      <li class="rail-last">
        <a href="/logout">{say('account.sign-out')}</a>
      </li>
    </ul>
  )
}
