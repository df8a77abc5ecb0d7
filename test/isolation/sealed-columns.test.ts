import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealedColumns } from '../../adapters/sql/sealed-columns.ts'
import { type DurableState, openDurableState } from '../support/durable-state.ts'

describe('the list of sealed columns', () => {
  let state: DurableState
  beforeAll(async () => {
    state = await openDurableState('embedded')
  })
  afterAll(() => state?.close())

  it('names every column of the database that holds ciphertext, with the column that its rows are bound to', async () => {
    const { rows } = await state.execute(
      `select table_name || '.' || column_name as name from information_schema.columns
       where table_schema = 'latchkey' and column_name like '%\\_sealed'`,
    )
    expect(rows.length).toBeGreaterThan(10)
    expect(new Set(sealedColumns.map(({ table, column }) => `${table}.${column}_sealed`))).toEqual(
      new Set(rows.map(({ name }) => name)),
    )
  })

  it('finds what one person or one workspace owns without reading everybody', async () => {
    const found = sealedColumns.filter(({ owner }) => owner === 'user' || owner === 'workspace')
    for (const { table, ownerColumn } of found) {
      const { rows } = await state.execute(
        `select from pg_index join pg_attribute on attrelid = indrelid and attnum = indkey[0]
         where indrelid = 'latchkey.${table}'::regclass and attname = '${ownerColumn}' and indpred is null`,
      )
      expect(rows.length, `an index of ${table} by ${ownerColumn}`).toBeGreaterThan(0)
    }
  })
})
