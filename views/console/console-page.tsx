import type { ComponentChildren, VNode } from 'preact'
import { renderDocument } from '../document.tsx'
import { type Speaker, speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { ButtonLink } from '../parts/form.tsx'
import { Notice } from '../parts/notice.tsx'
import { tidyName } from '../text.ts'

/** The parts of a workspace's pages, in the order of their menu. */
export type ConsoleSection = 'overview' | 'members' | 'invitations' | 'roles' | 'audit'

/** What has just been done, for the page that comes after it to say. */
export const consoleOutcomes = [
  'saved',
  'workspace-kept',
  'requirement-changed',
  'roles-changed',
  'member-removed',
  'session-ended',
  'sessions-ended',
  'handed-over',
  'invited',
  'invitation-revoked',
  'role-created',
  'role-deleted',
] as const

export type ConsoleOutcome = (typeof consoleOutcomes)[number]

/** Whose pages these are, and which of them their reader may open. */
export interface WorkspaceContext {
  slug: string
  name: string
  section: ConsoleSection
  sections: readonly ConsoleSection[]
}

/** Where a page of a workspace is; `path` as it goes on from there: `/members`. */
export function consoleHref(slug: string, path: string): string {
  return `/admin/${slug}${path}`
}

export function sectionPath(section: ConsoleSection): string {
  return section === 'overview' ? '' : `/${section}`
}

interface ConsolePageOptions {
  title: string
  /** The page tells of a mistake in what was typed. */
  problem?: boolean
  /** What people mostly come to the page for. */
  action?: { href: string; label: string } | undefined
  outcome?: ConsoleOutcome | undefined
  /** More elements for the head. */
  head?: ComponentChildren
}

/** A page of a workspace: the menu beside it, its heading, and what was just done. */
export function renderConsolePage(
  page: PageContext,
  where: WorkspaceContext,
  { title, problem, action, outcome, head }: ConsolePageOptions,
  content: (speaker: Speaker) => ComponentChildren,
): string {
  const rail = <Rail where={where} speaker={speak(page.locale)} />
  return renderDocument(page, { title, rail, roomy: true, head, ...(problem ? { problem } : {}) }, speaker => (
    <>
      {action ? (
        <div class="head">
          <Heading title={title} />
          <ButtonLink href={action.href} kind="primary">
            {action.label}
          </ButtonLink>
        </div>
      ) : (
        <Heading title={title} />
      )}
      {outcome && <Notice kind="done">{speaker.say(`console.done.${outcome}`)}</Notice>}
      {content(speaker)}
    </>
  ))
}

/** An address that is too long for its line breaks before the @, rather than anywhere. */
function Heading({ title }: { title: string }): VNode {
  const [name = '', ...rest] = title.split('@')
  return (
    <h1>
      {name}
      {rest.map(part => (
        <>
          <wbr />@{part}
        </>
      ))}
    </h1>
  )
}

/** One list twice, of which one is shown: beside the page where there is room, else behind a word that opens it. */
function Rail({ where, speaker }: { where: WorkspaceContext; speaker: Speaker }): VNode {
  const { say } = speaker
  const name = tidyName(where.name)
  return (
    <div class="rail">
      <nav class="rail-beside" aria-label={say('console.menu', { workspace: name })}>
        <p class="rail-title">
          <bdi>{name}</bdi>
        </p>
        <RailLinks where={where} speaker={speaker} />
      </nav>
      <details class="rail-menu">
        <summary>
          <span class="rail-word">
            <bdi>{name}</bdi>
          </span>
          <span>{say(`console.section.${where.section}`)}</span>
        </summary>
        <nav aria-label={say('console.menu', { workspace: name })}>
          <RailLinks where={where} speaker={speaker} />
        </nav>
      </details>
    </div>
  )
}

function RailLinks({ where, speaker: { say } }: { where: WorkspaceContext; speaker: Speaker }): VNode {
  return (
    <ul class="rail-links">
      {where.sections.map(each => (
        <li>
          <a href={consoleHref(where.slug, sectionPath(each))} aria-current={each === where.section ? 'page' : undefined}>
            {say(`console.section.${each}`)}
          </a>
        </li>
      ))}
      <li class="rail-last">
        <a href="/account/workspaces">{say('console.all-workspaces')}</a>
      </li>
    </ul>
  )
}
