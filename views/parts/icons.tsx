import type { VNode } from 'preact'

/** Icons are decoration; the words beside them say it all. */
export function AlertIcon(): VNode {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      <path
        fill="currentColor"
        d="M10 1.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Zm-1 4.2h2l-.25 5.6h-1.5L9 5.7Zm1 9a1.15 1.15 0 1 1 0-2.3 1.15 1.15 0 0 1 0 2.3Z"
      />
    </svg>
  )
}

export function DoneIcon(): VNode {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      <path
        fill="currentColor"
        d="M10 1.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Zm-1.2 12L5.3 10l1.3-1.3 2.2 2.2 4.7-4.7L14.8 7.5l-6 6Z"
      />
    </svg>
  )
}
