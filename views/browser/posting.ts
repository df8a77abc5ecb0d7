/**
 * The page that takes an app its answer by a form: posts the form by itself. What is there for browsers that run no script goes away,
 * since a second press would send the answer twice, and an app takes it once.
 *
 * The browser gets this function's own source text: it uses nothing from outside itself.
 */
export function postByItself(): void {
  const form = document.forms[0]
  if (!form) return
  document.getElementById('by-hand')?.remove()
  form.submit()
}
