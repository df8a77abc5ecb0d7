import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, posix } from 'node:path'
import { type Node, parseSync, Visitor } from 'oxc-parser'

export type Import = {
  /** As it is written. */
  specifier: string
  /** Of the tree, where the specifier is relative: its path from the root. */
  path: string | undefined
  /** True where nothing is left of it at run time. */
  isTypeOnly: boolean
}

/** What the rules want to know of a file. */
export type SourceFile = {
  /** From the root, with slashes. */
  path: string
  lineCount: number
  imports: Import[]
  hasDefaultExport: boolean
  /** It has no code of its own, only exports of what others declare. */
  isBarrel: boolean
  readsEnvironment: boolean
  usesConsole: boolean
}

const sourceExtension = /\.(ts|tsx|mjs)$/

/** Every file of the tree below the given folders, from the root, with slashes. */
export function listFiles(root: string, folders: readonly string[]): string[] {
  return folders.flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => posix.join(entry.parentPath.slice(root.length + 1), entry.name)),
  )
}

export function readSourceFiles(root: string, paths: readonly string[]): SourceFile[] {
  return paths
    .filter(path => sourceExtension.test(path))
    .map(path => parseSourceFile(path, readFileSync(join(root, path), 'utf8')))
}

export function parseSourceFile(path: string, text: string): SourceFile {
  const { program, module, errors } = parseSync(basename(path), text)
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`)
  const imports: Import[] = []
  const addImport = (specifier: string, isTypeOnly: boolean) =>
    imports.push({ specifier, isTypeOnly, path: specifier.startsWith('.') ? posix.join(dirname(path), specifier) : undefined })

  for (const { moduleRequest, entries } of module.staticImports) {
    addImport(moduleRequest.value, entries.length > 0 && entries.every(entry => entry.isType))
  }
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType } of entries) if (moduleRequest) addImport(moduleRequest.value, isType)
  }
  const file: SourceFile = {
    path,
    lineCount: text.split('\n').length - Number(text.endsWith('\n')),
    imports,
    hasDefaultExport:
      program.body.some(statement => statement.type === 'ExportDefaultDeclaration') ||
      module.staticExports.some(({ entries }) => entries.some(entry => entry.exportName.name === 'default')),
    isBarrel: isBarrel(program.body),
    readsEnvironment: module.staticImports.some(
      ({ moduleRequest, entries }) =>
        /^(node:)?process$/.test(moduleRequest.value) && entries.some(entry => entry.importName.name === 'env'),
    ),
    usesConsole: false,
  }
  new Visitor({
    ImportExpression: ({ source }) => {
      if (source.type === 'Literal') addImport(String(source.value), false)
    },
    TSImportType: ({ source }) => {
      addImport(source.value, true)
    },
    MemberExpression: node => {
      if (node.object.type !== 'Identifier') return
      if (node.object.name === 'console') file.usesConsole = true
      if (node.object.name === 'process' && nameOf(node.property) === 'env') file.readsEnvironment = true
    },
    VariableDeclarator: ({ id, init }) => {
      if (id.type !== 'ObjectPattern' || init?.type !== 'Identifier' || init.name !== 'process') return
      if (id.properties.some(property => property.type === 'Property' && nameOf(property.key) === 'env'))
        file.readsEnvironment = true
    },
  }).visit(program)
  return file
}

function isBarrel(statements: readonly Node[]): boolean {
  const imported = new Set(
    statements.flatMap(statement =>
      statement.type === 'ImportDeclaration' ? statement.specifiers.map(specifier => specifier.local.name) : [],
    ),
  )
  const passesOn = (statement: Node) =>
    statement.type === 'ExportAllDeclaration' ||
    (statement.type === 'ExportNamedDeclaration' &&
      (statement.source !== null ||
        (statement.declaration === null && statement.specifiers.every(specifier => imported.has(nameOf(specifier.local) ?? '')))))
  return statements.some(passesOn) && statements.every(statement => statement.type === 'ImportDeclaration' || passesOn(statement))
}

function nameOf(node: Node): string | undefined {
  if (node.type === 'Identifier') return node.name
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}
