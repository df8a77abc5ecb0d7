import { type Node, Visitor } from 'oxc-parser'
import { type Finding, placeOf, type Source } from './finding.ts'
import { importsOf, nameOf } from './modes-in-source.ts'

const sqlFolder = 'adapters/sql/'
const repositoryFolder = `${sqlFolder}repositories/`

/** Whoever has one of these can send statements that no access mode stands behind. */
const connections =
  /^(SqlDatabase|OwnerSession|Link|LinkSource|SharedFlights|Flight|Pool|PoolClient|Client|ClientBase|Connection|PGlite|PGliteInterface|Kysely|Transaction)$/

const packages = /^(pg|pg-boss|kysely|@electric-sql\/pglite.*)$/

/** The files that open a connection or use one outside any scope, and why they may. */
const outsideScopes: Readonly<Record<string, string>> = {
  'adapters/sql/scope.ts': 'is where scopes are set',
  'adapters/sql/postgres.ts': 'opens the connections',
  'adapters/sql/embedded.ts': 'opens the embedded database',
  'adapters/sql/migrate.ts': 'makes the tables, as their owner',
  'adapters/sql/jobs.ts': "runs the job queue's own statements, in its own tables",
  'adapters/open-durable.ts': 'waits until another process has migrated, by names of migrations',
  'provider/command-line/doctor/database.ts': 'asks the server how it is set up, of which no row is a tenant’s',
}

/** How a statement begins, in the two ways in which it is spelt. */
const sql =
  /^\s*(select\s[^.]*\sfrom\s+[\w."]+(\s|;|$|\))|with\s+\w+\s+as\s*\(|insert\s+into\s|update\s+[\w."]+\s+set\s|delete\s+from\s|truncate\s+(table\s|\w+$)|(create|alter|drop)\s+(table|role|policy|schema|database|index|view|function)\s|(grant|revoke)\s+\w+\s+on\s|set\s+(local\s+)?(role|session)\s|begin\s*;)/

const adviceForConnections = 'Take an SqlScope: it comes with an access mode, and row-level security holds for whatever it runs.'
const adviceForSql = 'Statements stand in adapters/sql/repositories, behind a method of a port.'

/** Whether every statement is written where scopes are kept, and no repository gets hold of a connection. */
export function auditRepositorySources(sources: readonly Source[]): { findings: Finding[]; repositories: number } {
  const findings = sources.flatMap(source => [
    ...findBorrowedConnections(source),
    ...findStraySql(source),
    ...findUnscopedWork(source),
    ...findSideDoors(source),
  ])
  const paths = new Set(sources.map(({ path }) => path))
  for (const path of Object.keys(outsideScopes).filter(each => !paths.has(each))) {
    const advice = 'Take it out of the list in test/scoping/repository-sources.ts.'
    findings.push({ place: path, problem: 'may work outside scopes, and is not there any more.', advice })
  }
  return { findings, repositories: sources.filter(({ path }) => path.startsWith(repositoryFolder)).length }
}

/** A repository that takes, or imports, anything that could run a statement without a scope. */
function findBorrowedConnections(source: Source): Finding[] {
  if (!source.path.startsWith(repositoryFolder)) return []
  const findings: Finding[] = []
  const add = (node: Node, problem: string) =>
    findings.push({ place: placeOf(source, node), problem, advice: adviceForConnections })
  new Visitor({
    TSTypeReference: node => {
      const name = node.typeName.type === 'Identifier' ? node.typeName.name : ''
      if (connections.test(name)) add(node, `takes a bare connection (${name}), past the access mode.`)
    },
    ImportDeclaration: node => {
      if (packages.test(node.source.value) && node.source.value !== 'kysely')
        add(node, `imports ${node.source.value}, with which it could open a connection of its own.`)
    },
    CallExpression: ({ callee }) => {
      const method = callee.type === 'MemberExpression' ? nameOf(callee.property) : undefined
      if (method === 'executeTakeFirst' || method === 'executeTakeFirstOrThrow' || method === 'execute')
        add(callee, `runs a statement by ${method}(), on a connection of its own.`)
    },
  }).visit(source.program)
  for (const statement of source.program.body) {
    if (statement.type !== 'ExportNamedDeclaration' || statement.declaration?.type !== 'FunctionDeclaration') continue
    const { id, params } = statement.declaration
    if (!/^create\w*Repository$/.test(id?.name ?? '')) continue
    const [first] = params
    const type = first?.type === 'Identifier' ? first.typeAnnotation?.typeAnnotation : undefined
    const name = type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier' ? type.typeName.name : undefined
    if (name !== 'SqlScope') add(statement, `${id?.name} does not take an SqlScope first, so nothing says whose data it touches.`)
  }
  return findings
}

/** Statements, or the packages that send them, beyond the one folder that has scopes. */
function findStraySql(source: Source): Finding[] {
  if (source.path.startsWith(sqlFolder) || source.path in outsideScopes) return []
  const findings: Finding[] = []
  const look = (node: Node, text: string) => {
    const lower = text.toLowerCase()
    // A sentence begins with one capital; a statement with none, or nothing but capitals.
    const isStatement = sql.test(lower) && /^\s*([a-z]|[A-Z]{2})/.test(text)
    if (isStatement) findings.push({ place: placeOf(source, node), problem: 'holds an SQL statement.', advice: adviceForSql })
  }
  new Visitor({
    Literal: node => {
      if (typeof node.value === 'string') look(node, node.value)
    },
    TemplateLiteral: node => look(node, node.quasis.map(({ value }) => value.raw).join('x')),
    ImportDeclaration: node => {
      if (packages.test(node.source.value))
        findings.push({ place: placeOf(source, node), problem: `imports ${node.source.value}.`, advice: adviceForSql })
    },
  }).visit(source.program)
  return findings
}

/** Work on a connection outside any scope: the owner's sessions, and what runs as the login itself. */
function findUnscopedWork(source: Source): Finding[] {
  if (source.path in outsideScopes) return []
  const findings: Finding[] = []
  new Visitor({
    CallExpression: ({ callee }) => {
      if (callee.type !== 'MemberExpression') return
      const method = nameOf(callee.property) ?? ''
      const owner = nameOf(callee.object.type === 'MemberExpression' ? callee.object.property : callee.object)
      if (method !== 'asOwner' && !(method === 'execute' && /^(database|owner)$/.test(owner ?? ''))) return
      const problem = `runs statements outside any scope (${owner}.${method}).`
      const advice = 'Use data.scoped or data.read; if no tenant can be concerned, say why in test/scoping/repository-sources.ts.'
      findings.push({ place: placeOf(source, callee), problem, advice })
    },
  }).visit(source.program)
  return findings
}

/** Repositories that are made anywhere but where a scope has just been opened. */
function findSideDoors(source: Source): Finding[] {
  if (source.path.startsWith(repositoryFolder)) return []
  const makers = [`${sqlFolder}data.ts`, `${sqlFolder}jobs.ts`]
  return [...importsOf(source).values()].flatMap(({ origin, node }) =>
    origin.startsWith(repositoryFolder) && / create\w*Repository$/.test(origin) && !makers.includes(source.path)
      ? [
          {
            place: placeOf(source, node),
            problem: `makes a repository by itself (${origin.split(' ')[1]}).`,
            advice: 'Repositories come from data.scoped and data.read, which ask on whose behalf.',
          },
        ]
      : [],
  )
}
