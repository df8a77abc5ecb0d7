import { defaultAccent, deriveAccent } from './colour.ts'

/** The icon in the browser's tab: a keyhole on a plate in the accent colour. */
export function drawIcon(accentColour = defaultAccent): string {
  const { accent, onAccent } = deriveAccent(accentColour).light
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${accent}"/><path fill="${onAccent}" d="M16 7a5.5 5.5 0 0 0-2.6 10.3L11.8 25h8.4l-1.6-7.7A5.5 5.5 0 0 0 16 7Z"/></svg>
`
}
