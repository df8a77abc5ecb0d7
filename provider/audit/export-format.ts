import type { JWK } from 'jose'

export const exportFormats = ['ndjson', 'csv'] as const
export type ExportFormat = (typeof exportFormats)[number]
type EventRecord = Extract<ExportRecord, { record: 'event' }>

/** One line of an export. Hashes are in hex, moments in ISO 8601; what is undefined is left out. */
export type ExportRecord =
  | {
      record: 'chain'
      version: 1
      chain: string
      exported_at: string
      /** Behind which link the export begins; undefined: with the first of the chain. */
      after?: { position: number; link: string } | undefined
      keys: JWK[]
    }
  | { record: 'checkpoint'; checkpoint: string }
  | {
      record: 'event'
      position: number
      link: string
      id: string
      occurred_at?: string | undefined
      action?: string | undefined
      user_id?: string | undefined
      actor?: string | undefined
      target?: string | undefined
      commitments?: Record<string, string> | undefined
      disclosures?: Record<string, { salt: string; value: string }> | undefined
      /** Why there are no disclosures. */
      withheld?: 'emptied' | 'erased' | 'broken' | 'deleted' | undefined
    }
  | { record: 'end'; position: number; link: string; unsealed: number }

/** As they travel. */
export const mediaTypes: Readonly<Record<ExportFormat, string>> = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8; header=present',
}

/** One JSON object a line. */
export function renderNdjson(records: readonly ExportRecord[]): string {
  return records.map(record => `${JSON.stringify(record)}\n`).join('')
}

/** What an event has columns for; of records of other kinds, all is in `details`. */
const columns = [
  'record',
  'position',
  'occurred_at',
  'action',
  'actor',
  'target',
  'user_id',
  'ip',
  'user_agent',
  'request_id',
  'before',
  'after',
  'other',
  'withheld',
  'id',
  'link',
  'salts',
  'commitments',
  'details',
] as const

const header = columns.join(',')

type Column = (typeof columns)[number]
type Cells = Partial<Record<Column, string | undefined>>

/** Columns of their own have the values that people look for. Those of other fields are in `other`, and the salts of all in `salts`. */
const valueColumns = ['ip', 'user_agent', 'request_id', 'before', 'after'] as const
const controlCharacter = /\p{Cc}/u
/** Where a comma is the decimal sign, spreadsheets part cells at semicolons, quoted or not: what follows one would begin a cell. */
const formulaInside = /;[\s"']*[=+\-@＝＋－＠]/

/** What spreadsheets take for a formula, and what says here that it is none. */
const formulaBeginning = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20']/
const formulaGuard = "'"

/**
 * The same as RFC 4180 has it, without loss: what has structure is JSON in its cell. A cell that would begin like a formula begins
 * with an apostrophe.
 */
export function renderCsv(): (records: readonly ExportRecord[]) => string {
  let begin = `${header}\r\n`
  return records => {
    const text = begin + records.map(record => `${rowOf(record)}\r\n`).join('')
    begin = ''
    return text
  }
}

function rowOf(record: ExportRecord): string {
  const cells = cellsOf(record)
  return columns.map(column => quote(cells[column] ?? '')).join(',')
}

function cellsOf(record: ExportRecord): Cells {
  if (record.record !== 'event') return { record: record.record, details: JSON.stringify(record) }
  const { position, commitments, disclosures, ...texts } = record
  return {
    ...texts,
    position: String(position),
    ...(commitments && { commitments: JSON.stringify(commitments) }),
    ...(disclosures && cellsOfDisclosures(disclosures)),
  }
}

function cellsOfDisclosures(disclosures: NonNullable<EventRecord['disclosures']>): Cells {
  const cells: Cells = {}
  const given = Object.entries(disclosures)
  const other = given.filter(([name, { value }]) => {
    const column = valueColumns.find(each => each === name)
    if (column === undefined || controlCharacter.test(value) || formulaInside.test(value)) return true
    cells[column] = value
    return false
  })
  if (other.length > 0)
    cells.other = JSON.stringify(Object.fromEntries(other.map(([name, { value }]) => [name, value]))).replaceAll(';', '\\u003b')
  cells.salts = JSON.stringify(Object.fromEntries(given.map(([name, { salt }]) => [name, salt])))
  return cells
}

function quote(text: string): string {
  const plain = formulaBeginning.test(text) ? `${formulaGuard}${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

/**
 * The records of an export in either format, line by line. What cannot be read is answered as undefined, and so is what is not written
 * as we write it: a name that comes twice, say, a heading over another column, or a cell that stands for nothing, of which whoever reads
 * the file sees something else than what is checked.
 */
export async function* readRecords(lines: AsyncIterable<string>): AsyncGenerator<unknown> {
  let format: ExportFormat | undefined
  let held = ''
  for await (const line of lines) {
    if (format === undefined) {
      format = line.startsWith('record,') ? 'csv' : 'ndjson'
      if (format === 'csv') {
        if (line !== header) yield undefined
        continue
      }
    }
    if (format === 'ndjson') {
      if (line !== '') yield readLine(line)
      continue
    }
    // A cell may hold a line break, within quotes.
    held = held === '' ? line : `${held}\n${line}`
    if ((held.split('"').length - 1) % 2 === 1) continue
    if (held !== '') yield readRow(held)
    held = ''
  }
  if (held !== '') yield undefined
}

function readLine(line: string): unknown {
  const value = parse(line)
  return value !== undefined && JSON.stringify(value) === line ? value : undefined
}

function readRow(row: string): unknown {
  const value = readCells(row)
  if (!isObject(value)) return undefined
  // It may be no record at all: then it is written as another row than this.
  return rowOf(value as ExportRecord) === row ? value : undefined
}

function readCells(row: string): unknown {
  const texts = Array.from(row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g), ([, quoted, plain]) => {
    const text = quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"')
    return text.startsWith(formulaGuard) ? text.slice(formulaGuard.length) : text
  })
  if (texts.length !== columns.length) return undefined
  const cells: Cells = Object.fromEntries(columns.flatMap((column, index) => (texts[index] ? [[column, texts[index]]] : [])))
  if (cells.record !== 'event') return parse(cells.details ?? '')
  const { position, commitments, salts, details: _none, other, ip, user_agent, request_id, before, after, ...given } = cells
  return {
    ...given,
    position: Number(position),
    ...(commitments !== undefined && { commitments: parse(commitments) }),
    ...(salts !== undefined && {
      disclosures: readDisclosures(salts, other, { ip, user_agent, request_id, before, after }),
    }),
  }
}

function readDisclosures(salts: string, other: string | undefined, own: Record<string, string | undefined>): unknown {
  const [saltOf, valueOf] = [parse(salts), parse(other ?? '{}')]
  if (!isObject(saltOf) || !isObject(valueOf)) return undefined
  if (![saltOf, valueOf].flatMap(Object.values).every(text => typeof text === 'string')) return undefined
  return Object.fromEntries(
    Object.entries(saltOf).map(([name, salt]) => [
      name,
      // An empty cell is an empty text.
      { salt, value: Object.hasOwn(valueOf, name) ? valueOf[name] : Object.hasOwn(own, name) ? (own[name] ?? '') : undefined },
    ]),
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
