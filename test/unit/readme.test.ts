import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const folder = join(import.meta.dirname, '../..')
const readme = readFileSync(join(folder, 'README.md'), 'utf8')

/** `<!-- from FILE -->`, and the block of code that follows. */
const examples = [...readme.matchAll(/<!-- from (\S+) -->\s+```ts\n([\s\S]*?)\n```/g)].map(([, file = '', code = '']) => ({
  file,
  code,
}))

describe("the README's examples are the files that the tests run", () => {
  it('quotes all three of them', () => {
    expect(examples).toHaveLength(3)
  })

  it.each(examples)('$file', ({ file, code }) => {
    expect(`${code}\n`).toBe(readFileSync(join(folder, file), 'utf8'))
  })
})
