import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { permissions } from '../../provider/kernel/permissions.ts'
import { builtInRoles } from '../../provider/workspaces/roles.ts'

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

describe("the README's table of permissions", () => {
  const rows = [...readme.matchAll(/^\| `([a-z.-]+)` \| [^|]+ \| ([✓ ]*)\| ([✓ ]*)\| ([✓ ]*)\| ([✓ ]*)\|$/gm)]

  it('names each permission, and who has it', () => {
    const told = rows.map(([, permission, ...cells]) => [permission, ...cells.map(cell => cell.trim() === '✓')])
    const holders: (readonly string[])[] = Object.values(builtInRoles)
    expect(told).toEqual(permissions.map(permission => [permission, ...holders.map(held => held.includes(permission))]))
  })
})
