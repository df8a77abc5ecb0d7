import type { ExportRecord } from './export-record.ts'
import { parseJson } from './canonical-json.ts'

type EventRecord = Extract<ExportRecord, { record: 'event' }>

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

/** The first line of a file. */
export const header = columns.join(',')

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

/** The record of a row; undefined where it is not written as we write it. */
export function readRow(row: string): unknown {
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
  if (cells.record !== 'event') return parseJson(cells.details ?? '')
  const { position, commitments, salts, details: _none, other, ip, user_agent, request_id, before, after, ...given } = cells
  return {
    ...given,
    position: Number(position),
    ...(commitments !== undefined && { commitments: parseJson(commitments) }),
    ...(salts !== undefined && {
      disclosures: readDisclosures(salts, other, { ip, user_agent, request_id, before, after }),
    }),
  }
}

function readDisclosures(salts: string, other: string | undefined, own: Record<string, string | undefined>): unknown {
  const [saltOf, valueOf] = [parseJson(salts), parseJson(other ?? '{}')]
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
