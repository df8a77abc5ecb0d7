import type { JWK } from 'jose'

export const exportFormats = ['ndjson', 'csv'] as const
export type ExportFormat = (typeof exportFormats)[number]

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
