/** Hue, saturation and lightness, each from 0 to 1. */
interface Tone {
  hue: number
  saturation: number
  lightness: number
}

/** Page colours that an accent has to stand out from, as the styles have them. */
export const paper = { light: '#fbfbfa', dark: '#121513' }

export const defaultAccent = '#17624a'

/**
 * Contrast that an accent needs as text on the page, and as the ground of a button's text. WCAG 2.2 (1.4.3) asks for 4.5; on a dark page
 * a little more reads better.
 */
const contrast = { light: 4.5, dark: 6 }

/** An accent as it is used in one scheme: as text or fill, and the colour of text upon it. */
export interface AccentShade {
  accent: string
  onAccent: string
}

/**
 * The shades of an accent colour that can be read in each scheme: the colour as given where its contrast suffices, else darkened or
 * lightened just as far as needed.
 *
 * @throws RangeError if `colour` isn't `#rrggbb`
 */
export function deriveAccent(colour: string): { light: AccentShade; dark: AccentShade } {
  return {
    light: { accent: shiftUntil(colour, -0.01, paper.light, contrast.light), onAccent: paper.light },
    dark: { accent: shiftUntil(colour, 0.01, paper.dark, contrast.dark), onAccent: paper.dark },
  }
}

/** Contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function measureContrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [measureLuminance(one), measureLuminance(other)].toSorted((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

function shiftUntil(colour: string, step: number, background: string, enough: number): string {
  const { hue, saturation, lightness } = readTone(colour)
  let shifted = colour.toLowerCase()
  let level = lightness
  while (measureContrast(shifted, background) < enough && level >= 0 && level <= 1) {
    level += step
    shifted = writeTone({ hue, saturation, lightness: Math.min(1, Math.max(0, level)) })
  }
  return shifted
}

function measureLuminance(colour: string): number {
  const [red, green, blue] = parseColour(colour).map(share =>
    share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4,
  ) as [number, number, number] // map keeps the length
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function readTone(colour: string): Tone {
  const [red, green, blue] = parseColour(colour)
  const most = Math.max(red, green, blue)
  const spread = most - Math.min(red, green, blue)
  const lightness = most - spread / 2
  if (spread === 0) return { hue: 0, saturation: 0, lightness }
  const sixths = most === red ? (green - blue) / spread : most === green ? 2 + (blue - red) / spread : 4 + (red - green) / spread
  return { hue: ((sixths + 6) % 6) / 6, saturation: spread / (1 - Math.abs(2 * lightness - 1)), lightness }
}

/** CSS Color 4, §8.1. */
function writeTone({ hue, saturation, lightness }: Tone): string {
  const reach = saturation * Math.min(lightness, 1 - lightness)
  const parts = [0, 8, 4].map(offset => {
    const place = (offset + hue * 12) % 12
    const share = lightness - reach * Math.max(-1, Math.min(place - 3, 9 - place, 1))
    return Math.round(share * 255)
      .toString(16)
      .padStart(2, '0')
  })
  return `#${parts.join('')}`
}

/** Red, green and blue, each from 0 to 1. */
function parseColour(colour: string): [number, number, number] {
  const [, red, green, blue] = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour) ?? []
  if (!red || !green || !blue) throw new RangeError('a colour is written #rrggbb')
  return [Number.parseInt(red, 16) / 255, Number.parseInt(green, 16) / 255, Number.parseInt(blue, 16) / 255]
}
