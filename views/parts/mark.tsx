import type { VNode } from 'preact'

/** The app's logo if it lies on our own origin, else the first letter of its name. Decoration: the name stands beside it. */
export function Mark({ name, logoUri }: { name: string; logoUri: string | undefined }): VNode {
  if (logoUri && isOwnPath(logoUri)) return <img class="mark" src={logoUri} alt="" width="40" height="40" />
  const [initial = ''] = Array.from(name)
  return (
    <span class="mark mark-letter" aria-hidden="true">
      {initial.toLocaleUpperCase()}
    </span>
  )
}

/** A path below our own origin; browsers read `//` and `/\` at the start as another host. */
function isOwnPath(uri: string): boolean {
  return /^\/(?![/\\])/.test(uri)
}
