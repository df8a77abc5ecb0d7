/// <reference lib="dom" />

/** The element of index.html with this id. */
export function find(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`index.html has no #${id}`)
  return found
}

/** A new element. Text goes in as text, never as markup. */
export function element(name: string, className: string, ...children: Array<Node | string>): HTMLElement {
  const made = document.createElement(name)
  if (className) made.className = className
  made.append(...children)
  return made
}
