import { hash } from 'node:crypto'
import {
  type Compilable,
  DummyDriver,
  type Expression,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  sql,
} from 'kysely'
import type { AccessMode } from '../../provider/kernel/access-mode.ts'
import type { Statement } from './database.ts'
import type { Schema } from './schema.ts'
import type { SqlValue } from './values.ts'

/** Builds statements for the schema `latchkey`; it has no connection, and cannot run anything. */
export const queries = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: database => new PostgresIntrospector(database),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
}).withSchema('latchkey')

/**
 * Selected from a change (`with('changed', …)` that returns a column), it fails where no row was changed: AppError `conflict`
 * (errors.ts). So such a change can travel with the commit, and undo it, instead of being waited for.
 */
export const orConflict = sql<number>`1 / count(*)`.as('changed')

/** Whether a row is at the version that a change says it has seen; where it says none, any will do. */
export function isVersion(version: Expression<number | null>): RawBuilder<boolean> {
  return sql<boolean>`(${version}::integer is null or version = ${version})`
}

class Placeholder {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

export type Placeholders<Parameters> = { readonly [Name in keyof Parameters]-?: Expression<Parameters[Name]> }

/**
 * Makes a statement of what `build` builds, with `parameter.<name>` wherever a value comes later. Built once, at its first use:
 * building costs more than running it.
 */
export function prepare<Parameters extends object>() {
  return <Row>(build: (parameter: Placeholders<Parameters>) => Compilable<Row>): Statement<Parameters, Row> =>
    new PreparedStatement(build)
}

class PreparedStatement<Parameters extends object, Row> implements Statement<Parameters, Row> {
  readonly #build: (parameter: Placeholders<Parameters>) => Compilable<Row>
  #compiled: { text: string; slots: (Placeholder | SqlValue)[]; names: Record<AccessMode['kind'], string> } | undefined

  constructor(build: (parameter: Placeholders<Parameters>) => Compilable<Row>) {
    this.#build = build
  }

  get text(): string {
    return this.#compile().text
  }

  name(kind: AccessMode['kind']): string {
    return this.#compile().names[kind]
  }

  values(parameters: Parameters): SqlValue[] {
    // The names of the placeholders are keys of Parameters: `build` could not have asked for others.
    const given = parameters as Record<string, SqlValue>
    return this.#compile().slots.map(slot => (slot instanceof Placeholder ? given[slot.name] : slot))
  }

  #compile() {
    if (this.#compiled) return this.#compiled
    // A proxy's target has no properties of its own; each one that is read is a placeholder of that name.
    const placeholders = new Proxy({}, { get: (_, name) => sql.val(new Placeholder(String(name))) }) as Placeholders<Parameters>
    const { sql: text, parameters } = this.#build(placeholders).compile()
    this.#compiled = {
      text,
      // Constants in a statement are of our own writing, and plain.
      slots: [...parameters] as (Placeholder | SqlValue)[],
      names: { workspace: nameStatement('w', text), self: nameStatement('u', text), system: nameStatement('s', text) },
    }
    return this.#compiled
  }
}

function nameStatement(role: string, text: string): string {
  return `${role}_${hash('sha256', text, 'base64url').slice(0, 16)}`
}
