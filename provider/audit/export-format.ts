import type { JWK } from 'jose'

export type ExportFormat = 'ndjson' | 'csv'

/** One line of an export. Hashes are in hex, moments in ISO 8601; what is undefined is left out. */
export type ExportRecord =
  | { record: 'chain'; version: 1; chain: string; exported_at: string; keys: JWK[] }
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
  'disclosures',
  'withheld',
  'id',
  'link',
  'commitments',
  'details',
] as const

const jsonColumns: readonly string[] = ['disclosures', 'commitments']

/**
 * The same as RFC 4180 has it, without loss: what has structure is JSON in its cell. No cell begins with what a spreadsheet takes
 * for a formula.
 */
export function renderCsv(): (records: readonly ExportRecord[]) => string {
  let header = `${columns.join(',')}\r\n`
  return records => {
    const text = header + records.map(record => `${columns.map(column => cellOf(record, column)).join(',')}\r\n`).join('')
    header = ''
    return text
  }
}

function cellOf(record: ExportRecord, column: (typeof columns)[number]): string {
  if (record.record !== 'event') {
    if (column === 'details') return quote(JSON.stringify(record))
    return column === 'record' ? record.record : ''
  }
  const value = column === 'details' ? undefined : record[column]
  if (value === undefined) return ''
  return quote(typeof value === 'object' ? JSON.stringify(value) : String(value))
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The records of an export in either format, line by line. What cannot be read is answered as undefined. */
export async function* readRecords(lines: AsyncIterable<string>): AsyncGenerator<unknown> {
  let format: 'ndjson' | 'csv' | undefined
  let held = ''
  for await (const line of lines) {
    if (format === undefined) {
      format = line.startsWith('record,') ? 'csv' : 'ndjson'
      if (format === 'csv') continue
    }
    if (format === 'ndjson') {
      if (line !== '') yield parse(line)
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

function readRow(row: string): unknown {
  const cells = Array.from(row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g), ([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  )
  if (cells.length !== columns.length) return undefined
  const given = new Map(columns.flatMap((column, index) => (cells[index] ? [[column, cells[index]] as const] : [])))
  if (given.get('record') !== 'event') return parse(given.get('details') ?? '')
  return Object.fromEntries(
    Array.from(given, ([column, cell]) => [
      column,
      jsonColumns.includes(column) ? parse(cell) : column === 'position' ? Number(cell) : cell,
    ]),
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
