import { describe, expect, it } from 'vitest'
import { explainFailure } from '../../provider/command-line/explain-failure.ts'
import { AppError, StartError } from '../../provider/kernel/errors.ts'

describe('what an operator sees of an error', () => {
  it('is the line of one that we foresaw', () => {
    expect(explainFailure(new StartError('PORT: expected a free port.'))).toBe('PORT: expected a free port.')
  })

  it('is one line where something is out of reach', () => {
    const cause = new Error('no route to 10.0.0.7:5432\n  for somebody@example.com')
    expect(explainFailure(new AppError('unavailable', { cause }))).toBe(
      'The service is not available right now. (no route to 10.0.0.7:5432 for [address])',
    )
  })

  it('is the stack of a mistake of ours, without the address or the credentials in it', () => {
    const said = explainFailure(new Error('cannot send to somebody@example.com by smtp://user:hunter2@mail.example.com'))
    expect(said).toMatch(/^This should not have happened\. Error: cannot send to \[address\]/)
    expect(said).toContain('explain-failure.test.ts')
    expect(said).not.toMatch(/somebody|hunter2/)
  })

  it('is no more than a word where what was thrown is no error', () => {
    expect(explainFailure('hunter2')).toBe('This should not have happened.')
  })
})
