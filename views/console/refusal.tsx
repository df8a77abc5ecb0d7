import type { Entitlement } from '../../provider/kernel/entitlements.ts'
import type { ErrorCode } from '../../provider/kernel/errors.ts'
import type { Permission } from '../../provider/kernel/permissions.ts'
import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { ButtonLink } from '../parts/form.tsx'
import { consoleHref, renderConsolePage, sectionPath, type WorkspaceContext } from './console-page.tsx'

/** What a page of a workspace can be refused for without being left. */
export const refusals = [
  'forbidden',
  'more-than-own',
  'last-admin',
  'role-in-use',
  'role-unknown',
  'permission-unknown',
  'already-member',
  'personal-workspace',
  'member-elsewhere',
  'invitation-over',
  'entitlement-missing',
  'version-stale',
  'conflict',
] as const satisfies readonly ErrorCode[]

export type Refusal = (typeof refusals)[number]

/** Why something was not done, and what to do instead. */
export function renderConsoleRefusal(
  page: PageContext,
  where: WorkspaceContext,
  { refusal, needed, lacking }: { refusal: Refusal; needed: Permission | undefined; lacking?: Entitlement | undefined },
): string {
  const { say } = speak(page.locale)
  const title = say(`error.${refusal}.title`)
  // Whoever may not open the part is led to one that they may.
  const section = where.sections.includes(where.section) ? where.section : where.sections[0]
  return renderConsolePage(page, where, { title }, () => (
    <>
      <p class="lead">{say(`error.${refusal}.happened`)}</p>
      {needed && <p>{say('console.needed', { permission: say(`console.permission.${needed}`) })}</p>}
      {lacking && <p>{say('console.lacking', { entitlement: lacking })}</p>}
      <p>{say(`error.${refusal}.next`)}</p>
      <ButtonLink href={section ? consoleHref(where.slug, sectionPath(section)) : '/account/workspaces'} kind="secondary">
        {section ? say('console.back-to', { section: say(`console.section.${section}`) }) : say('console.all-workspaces')}
      </ButtonLink>
    </>
  ))
}
