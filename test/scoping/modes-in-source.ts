import { posix } from 'node:path'
import { type Node, Visitor } from 'oxc-parser'
import type { Source } from './finding.ts'

/** How the sources say on whose behalf they touch data. */

/** `reason` is undefined where it is handed in. */
export type NamedMode = { kind: 'workspace' | 'self' } | { kind: 'system'; reason: string | undefined }

/** An access mode, or an actor, that is written down as an object; undefined where the node is no such thing. */
export function readMode(node: Node | null | undefined): NamedMode | undefined {
  const object = withoutType(node)
  if (object?.type !== 'ObjectExpression') return undefined
  const kind = textOf(propertyOf(object, 'kind'))
  if (kind === 'workspace' || kind === 'self') return { kind }
  return kind === 'system' ? { kind, reason: textOf(propertyOf(object, 'reason')) } : undefined
}

/** Without `as const`, `satisfies …` and brackets. */
export function withoutType(node: Node | null | undefined): Node | undefined {
  if (node?.type === 'TSSatisfiesExpression' || node?.type === 'ParenthesizedExpression') return withoutType(node.expression)
  if (node?.type === 'TSAsExpression' && isConst(node.typeAnnotation)) return withoutType(node.expression)
  return node ?? undefined
}

function isConst(node: Node): boolean {
  return node.type === 'TSTypeReference' && node.typeName.type === 'Identifier' && node.typeName.name === 'const'
}

export function propertyOf(object: Node, name: string): Node | undefined {
  if (object.type !== 'ObjectExpression') return undefined
  for (const property of object.properties) {
    if (property.type === 'Property' && nameOf(property.key) === name) return property.value
  }
  return undefined
}

export function nameOf(node: Node | null | undefined): string | undefined {
  return node?.type === 'Identifier' ? node.name : textOf(node)
}

export function textOf(node: Node | null | undefined): string | undefined {
  const bare = withoutType(node)
  return bare?.type === 'Literal' && typeof bare.value === 'string' ? bare.value : undefined
}

/** Every constant of a file, wherever it stands, by name. */
export function constantsOf({ program }: Source): Map<string, Node> {
  const constants = new Map<string, Node>()
  new Visitor({
    VariableDeclarator: ({ id, init }) => {
      if (id.type === 'Identifier' && init) constants.set(id.name, init)
    },
  }).visit(program)
  return constants
}

/** From local name to what it is at home, as path and name, for whatever a file imports from the tree. */
export function importsOf({ path, program }: Source): Map<string, { origin: string; node: Node }> {
  const imports = new Map<string, { origin: string; node: Node }>()
  for (const statement of program.body) {
    if (statement.type !== 'ImportDeclaration' || !statement.source.value.startsWith('.')) continue
    const from = posix.join(posix.dirname(path), statement.source.value)
    for (const specifier of statement.specifiers) {
      if (specifier.type !== 'ImportSpecifier') continue
      imports.set(specifier.local.name, { origin: `${from} ${nameOf(specifier.imported)}`, node: specifier })
    }
  }
  return imports
}

/** System modes that files export for others, by path and name, with their reasons. */
export function findSharedModes(sources: readonly Source[]): Map<string, string | undefined> {
  const shared = new Map<string, string | undefined>()
  for (const { path, program } of sources) {
    for (const statement of program.body) {
      if (statement.type !== 'ExportNamedDeclaration' || statement.declaration?.type !== 'VariableDeclaration') continue
      for (const { id, init } of statement.declaration.declarations) {
        const mode = readMode(init)
        if (mode?.kind === 'system' && id.type === 'Identifier') shared.set(`${path} ${id.name}`, mode.reason)
      }
    }
  }
  return shared
}

/** What a route declares, itself or by a constant of its file that is spread into it; what is handed in was named by who hands it in. */
export function readRouteMode(
  declaration: Node | undefined,
  constants: ReadonlyMap<string, Node>,
): { kind: 'written' } | { kind: 'system'; reason: string | undefined } | undefined {
  const object = withoutType(declaration)
  if (object?.type !== 'ObjectExpression') return undefined
  const spreads = object.properties.flatMap(property =>
    property.type === 'SpreadElement' ? (constants.get(nameOf(property.argument) ?? '') ?? []) : [],
  )
  const [mode] = [object, ...spreads].flatMap(each => propertyOf(withoutType(each) ?? each, 'mode') ?? [])
  const text = textOf(mode)
  if (text !== undefined) return /^(self|workspace|no-data)$/.test(text) ? { kind: 'written' } : undefined
  const bare = withoutType(mode)
  if (bare?.type === 'Identifier' && bare.name === 'mode' && !constants.has('mode')) return { kind: 'written' }
  const reason = bare === undefined ? undefined : propertyOf(bare, 'system')
  return reason === undefined ? undefined : { kind: 'system', reason: textOf(reason) }
}
