/** The lines of a file that is too long for memory: what stands between two of them is LF, and nothing else that may look like it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readLines } from '../../provider/command-line/audit-files.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-lines-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function read(text: string): Promise<string[]> {
  const path = join(folder, 'lines')
  await writeFile(path, text)
  const lines: string[] = []
  for await (const line of readLines('--export', path)) lines.push(line)
  return lines
}

// JSON.stringify leaves them as they are; U+2028 and U+2029 end a line for readline, and in JavaScript.
it.each([
  ['U+2028', '\u2028'],
  ['U+2029', '\u2029'],
  ['U+0085', '\u0085'],
  ['a vertical tab', '\u000b'],
  ['a form feed', '\u000c'],
])('%s stands within a line', async (_what, separator) => {
  const records = [{ name: `Mea${separator}dow` }, { name: separator }, { name: `${separator}x${separator}` }]
  const lines = await read(records.map(record => `${JSON.stringify(record)}\n`).join(''))
  expect(lines.map(line => JSON.parse(line) as unknown)).toEqual(records)
})

it.each([
  ['LF', 'a\nb\n', ['a', 'b']],
  ['CR and LF, as tables have it', 'a\r\nb\r\n', ['a', 'b']],
  ['nothing at the end', 'a\nb', ['a', 'b']],
  ['empty lines', 'a\n\nb\n', ['a', '', 'b']],
  ['nothing at all', '', []],
])('%s', async (_what, text, lines) => {
  expect(await read(text)).toEqual(lines)
})

it('a line and a character that two reads share are whole', async () => {
  // Longer than one read, with characters of three bytes that no power of two is a multiple of.
  const lines = ['€'.repeat(100_001), '\u2028'.repeat(50_000), 'x'.repeat(65_536)]
  expect(await read(`${lines.join('\n')}\n`)).toEqual(lines)
})
