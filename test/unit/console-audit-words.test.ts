import { expect, it } from 'vitest'
import { catalogue } from '../../provider/audit/catalogue.ts'
import { auditActions } from '../../views/console/audit-actions.ts'

it('whatever can stand in the log of a workspace is told of in words', () => {
  const ofWorkspaces = Object.entries(catalogue).filter(([, { workspace }]) => workspace !== 'never')
  const wordless = ofWorkspaces.map(([action]) => action).filter(action => !auditActions.some(each => each === action))
  expect(wordless).toEqual([])
})
