export const linkPath = '/account/connections/:id/link'

/** Where the page is that links an account of a connection. */
export function linkHref(connectionId: string): string {
  return linkPath.replace(':id', connectionId)
}
