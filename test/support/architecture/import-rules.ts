import type { SourceFile } from './source-file.ts'

/** From a folder or file to what it may import besides itself; `type ` before a name allows types alone, `*` is everything. */
export type ImportTable = Readonly<Record<string, readonly string[]>>

/** Each import that the table doesn't allow, and each file that it doesn't know. The longest name that fits a file is its entry. */
export function findForbiddenImports(files: readonly SourceFile[], table: ImportTable): string[] {
  return files.flatMap(file => {
    const place = findPlace(file.path, table)
    if (place === undefined) return [`${file.path} has no place in the table`]
    const allowed = [place, ...(table[place] ?? [])]
    return file.imports.flatMap(({ path, isTypeOnly }) =>
      path === undefined || allowed.some(entry => allows(entry, path, isTypeOnly)) ? [] : [`${file.path} imports ${path}`],
    )
  })
}

/** Each package that is imported outside of its home. */
export function findStrayPackages(files: readonly SourceFile[], homes: Readonly<Record<string, readonly string[]>>): string[] {
  return files.flatMap(file =>
    file.imports.flatMap(({ specifier }) => {
      const name = Object.keys(homes).find(candidate => isWithin(specifier, candidate))
      if (name === undefined || homes[name]?.some(home => isWithin(file.path, home))) return []
      return [`${file.path} imports ${name}`]
    }),
  )
}

/** Each circle of imports, once, as the way around it. */
export function findCycles(files: readonly SourceFile[]): string[] {
  const importsOf = new Map(files.map(file => [file.path, file.imports.flatMap(({ path }) => path ?? [])]))
  const done = new Set<string>()
  const cycles: string[] = []
  const walk = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path)
    if (start >= 0) cycles.push([...way.slice(start), path].join(' > '))
    if (start >= 0 || done.has(path)) return
    for (const next of importsOf.get(path) ?? []) walk(next, [...way, path])
    done.add(path)
  }
  for (const path of importsOf.keys()) walk(path, [])
  return cycles
}

/** Each import, by one of `outsiders`, of what the file `list` puts together. */
export function findPassedOver(files: readonly SourceFile[], list: string, outsiders: RegExp): string[] {
  const listed = files.find(file => file.path === list)?.imports.filter(({ isTypeOnly }) => !isTypeOnly) ?? []
  const paths = new Set(listed.map(({ path }) => path))
  return files
    .filter(({ path }) => path !== list && outsiders.test(path))
    .flatMap(file => file.imports.flatMap(({ path }) => (paths.has(path) ? [`${file.path} imports ${path}`] : [])))
}

function findPlace(path: string, table: ImportTable): string | undefined {
  return Object.keys(table)
    .filter(name => isWithin(path, name))
    .toSorted((one, other) => other.length - one.length)[0]
}

function allows(entry: string, path: string, isTypeOnly: boolean): boolean {
  if (entry === '*') return !isWithin(path, 'test')
  const isForTypes = entry.startsWith('type ')
  return isWithin(path, isForTypes ? entry.slice('type '.length) : entry) && (isTypeOnly || !isForTypes)
}

function isWithin(path: string, name: string): boolean {
  return path === name || path.startsWith(`${name}/`)
}
