import { header, readRow } from './export-csv.ts'
import type { ExportFormat, ExportRecord } from './export-record.ts'
import { parseJson } from './canonical-json.ts'

/** One JSON object a line. */
export function renderNdjson(records: readonly ExportRecord[]): string {
  return records.map(record => `${JSON.stringify(record)}\n`).join('')
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
  const value = parseJson(line)
  return value !== undefined && JSON.stringify(value) === line ? value : undefined
}
