/**
 * Copies on a press: each element with `data-copy` is shown, and its button copies what the element of that id holds, each `code` on a
 * line of its own, whether or not it can be seen. How that went is told by a sentence that stands there already. Without script, or
 * without a clipboard, there is nothing to press, and what there is to copy can be selected.
 *
 * The browser gets this function's own source text: it uses nothing from outside itself, and its functions are methods or without a
 * name, because the build wraps named ones in a call that the browser doesn't know.
 */
export function copyOnPress(): void {
  if (typeof navigator !== 'object' || !navigator.clipboard) return
  const page = {
    async copy(part: HTMLElement, source: Element): Promise<void> {
      const codes = source.matches('code') ? [source] : [...source.querySelectorAll('code')]
      try {
        await navigator.clipboard.writeText(codes.map(code => code.textContent).join('\n'))
        page.tell(part, 'copied')
      } catch {
        page.tell(part, 'refused')
      }
    },

    tell(part: HTMLElement, outcome: string): void {
      for (const sentence of part.querySelectorAll<HTMLElement>('[data-copy-outcome]')) {
        sentence.hidden = sentence.dataset['copyOutcome'] !== outcome
      }
    },
  }
  for (const part of document.querySelectorAll<HTMLElement>('[data-copy]')) {
    const source = document.getElementById(part.dataset['copy'] ?? '')
    if (!source) continue
    part.hidden = false
    part.querySelector('button')?.addEventListener('click', () => void page.copy(part, source))
  }
}
