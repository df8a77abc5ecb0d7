/// <reference lib="dom" />
import { find } from './element.ts'

/** Draws what is left of a token's life: minutes and seconds, and a line that shortens. */
export function drawCountdown(millisecondsLeft: number, lifetime: number): void {
  const seconds = Math.max(0, Math.ceil(millisecondsLeft / 1000))
  find('countdown').textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  find('countdown-line').style.inlineSize = `${Math.min(100, Math.max(0, (100 * millisecondsLeft) / lifetime))}%`
}
