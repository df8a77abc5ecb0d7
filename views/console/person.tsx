import type { VNode } from 'preact'
import { tidyName } from '../text.ts'

/** Somebody in a list: the name where they have one, and the address, by which people are told apart. */
export function Person({ name, address, href }: { name: string | undefined; address: string; href?: string | undefined }): VNode {
  const shown = name === undefined ? '' : tidyName(name)
  const title = <bdi>{shown || address}</bdi>
  return (
    <>
      {href ? <a href={href}>{title}</a> : title}
      {shown && <bdi class="cell-detail">{address}</bdi>}
    </>
  )
}
