import type { ConsoleSection, WorkspaceContext } from '../../views/console/console-page.tsx'
import type { PageContext } from '../../views/page-context.ts'

export const now = new Date('2026-03-05T14:05:00Z')
export const yesterday = new Date('2026-03-04T09:12:00Z')
export const lastYear = new Date('2025-06-17T18:40:00Z')
export const address = 'anna.keller@example.com'
export const long = 'a-rather-long-address-of-a-person@a-rather-long-department.example.com'
export const form = { action: '/somewhere', fields: { version: '3' } }
export const href = '/somewhere'
export const sections: ConsoleSection[] = ['overview', 'members', 'invitations', 'roles', 'audit']
export const paging = { nextHref: href, firstHref: href }
export const noPaging = { nextHref: undefined, firstHref: undefined }

export interface State {
  name: string
  render(page: PageContext): string
}

/** These pages speak of the installation, and of a workspace whose name is as long as the app's. */
export function ofConsole(
  name: string,
  section: ConsoleSection,
  render: (page: PageContext, where: WorkspaceContext) => string,
): State {
  return {
    name: `console-${name}`,
    render(page) {
      const { app, ...rest } = page
      const workspace = app === undefined || app.name === 'Fieldnotes' ? 'Meadow Software' : app.name
      return render(
        { ...rest, ...(app && { installationName: app.name }) },
        { slug: 'meadow-software-4f2a91', name: workspace, section, sections },
      )
    },
  }
}
