import type { Repositories } from '../../provider/ports/repositories.ts'
import type { Tenant } from '../support/tenants.ts'

/** Every method of every repository, aimed at somebody else's: the type makes a new method fail here until it is listed. */
export type Attacks = {
  [Name in keyof Repositories]: {
    [Method in keyof Repositories[Name]]: (repositories: Repositories, theirs: Tenant, ours: Tenant) => Promise<unknown>
  }
}

/** Of something that is due, as late as can be. */
export const always = new Date('2100-01-01T00:00:00Z')
