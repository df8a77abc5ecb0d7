import { first } from './0001-first.ts'
import { tries } from './0002-tries.ts'
import { waysIn } from './0003-ways-in.ts'
import { vouchedAddresses } from './0004-vouched-addresses.ts'
import { proofsFrom } from './0005-proofs-from.ts'
import { proofsFromThere } from './0006-proofs-from-there.ts'
import { workspaces } from './0007-workspaces.ts'
import { auditChain } from './0008-audit-chain.ts'
import { dataKeyRotations } from './0009-data-key-rotations.ts'
import { api } from './0010-api.ts'
import { accessPasses } from './0011-access-passes.ts'
import { lookups } from './0012-lookups.ts'
import { firstSetUp } from './0013-first-set-up.ts'
import { remains } from './0015-remains.ts'

export interface Migration {
  name: string
  text: string
}

/**
 * In the order in which they are applied. What was released is never edited: a change is a migration of its own. There is no 0014: its
 * number was given up, and the one after it kept its name, by which databases know it.
 */
export const migrations: readonly Migration[] = [
  { name: '0001-first', text: first },
  { name: '0002-tries', text: tries },
  { name: '0003-ways-in', text: waysIn },
  { name: '0004-vouched-addresses', text: vouchedAddresses },
  { name: '0005-proofs-from', text: proofsFrom },
  { name: '0006-proofs-from-there', text: proofsFromThere },
  { name: '0007-workspaces', text: workspaces },
  { name: '0008-audit-chain', text: auditChain },
  { name: '0009-data-key-rotations', text: dataKeyRotations },
  { name: '0010-api', text: api },
  { name: '0011-access-passes', text: accessPasses },
  { name: '0012-lookups', text: lookups },
  { name: '0013-first-set-up', text: firstSetUp },
  { name: '0015-remains', text: remains },
]
