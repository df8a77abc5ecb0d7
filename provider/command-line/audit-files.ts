import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { JWK } from 'jose'
import { z } from 'zod'
import type { Checkpoint } from '../audit/checkpoint.ts'
import { StartError } from '../kernel/errors.ts'
import { show } from '../kernel/wording.ts'

const key = z.looseObject({ kty: z.string() })
const keySet = z.union([z.object({ keys: z.array(key) }).transform(({ keys }) => keys), key.transform(one => [one])])

/** A JWK set, or one JWK (RFC 7517). */
export async function readKeys(path: string): Promise<JWK[]> {
  try {
    return keySet.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    throw new StartError(`--key: expected what "latchkey audit key" prints; ${show(path)} is not that, or cannot be read.`, {
      cause,
    })
  }
}

/** Never all of it in memory. Rejects with StartError where it cannot be read. */
export async function* readLines(option: string, path: string): AsyncGenerator<string> {
  const input = createReadStream(path, 'utf8')
  let held = ''
  try {
    for await (const text of input) {
      // At LF and nowhere else: JSON holds other separators of lines as they are (RFC 8259 §7), at which readline would part it.
      const lines = `${held}${String(text)}`.split('\n')
      held = lines.pop() ?? ''
      for (const line of lines) yield withoutReturn(line)
    }
    if (held !== '') yield withoutReturn(held)
  } catch (cause) {
    throw new StartError(`${option}: the file ${show(path)} cannot be read.`, { cause })
  } finally {
    input.destroy()
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}

// Base64url of a header that begins with {" and of what follows: what a log line wraps around it is passed over.
const compactJws = /eyJ[\w-]+\.[\w-]+\.[\w-]+/

export interface OutsideCheckpoints {
  /** The genuine ones, by chain. */
  byChain: Map<string, Checkpoint[]>
  /** How many lines hold one that is not genuine. */
  refused: number
}

export async function readCheckpoints(
  path: string,
  readCheckpoint: (signed: string) => Promise<Checkpoint | undefined>,
): Promise<OutsideCheckpoints> {
  const byChain = new Map<string, Checkpoint[]>()
  let refused = 0
  for await (const line of readLines('--checkpoints', path)) {
    const signed = compactJws.exec(line)?.[0]
    if (signed === undefined) continue
    const checkpoint = await readCheckpoint(signed)
    if (checkpoint === undefined) refused += 1
    else {
      const known = byChain.get(checkpoint.chainId)
      if (known) known.push(checkpoint)
      else byChain.set(checkpoint.chainId, [checkpoint])
    }
  }
  return { byChain, refused }
}
