import type { ComponentChildren, VNode } from 'preact'
import { AlertIcon, DoneIcon } from './icons.tsx'

/** A sentence above the page's content: something went well, or something has to be known first. */
export function Notice({ kind, children }: { kind: 'done' | 'alert'; children: ComponentChildren }): VNode {
  return (
    <div class="notice" role={kind === 'alert' ? 'alert' : 'status'}>
      {kind === 'done' ? <DoneIcon /> : <AlertIcon />}
      <p>{children}</p>
    </div>
  )
}
