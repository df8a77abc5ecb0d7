import type { VNode } from 'preact'
import { encode } from 'uqr'

/** The light edge without which readers don't find it (ISO/IEC 18004 §6.3.8). */
const quietModules = 4

/** A QR code, drawn without anything that a content security policy would refuse. `label` says what it is for. */
export function QrCode({ text, label }: { text: string; label: string }): VNode {
  const { data, size } = encode(text, { ecc: 'M', border: quietModules })
  // One path of all dark modules, row by row: runs of them are one rectangle.
  const path = data.map((row, y) => drawRow(row, y)).join('')
  return (
    <svg class="qr-code" viewBox={`0 0 ${size} ${size}`} width="224" height="224">
      <title>{label}</title>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" shape-rendering="crispEdges" />
    </svg>
  )
}

function drawRow(row: readonly boolean[], y: number): string {
  const runs: string[] = []
  for (let x = 0; x < row.length; x += 1) {
    if (row[x] !== true) continue
    const from = x
    while (row[x + 1] === true) x += 1
    runs.push(`M${from} ${y}h${x - from + 1}v1h-${x - from + 1}z`)
  }
  return runs.join('')
}
