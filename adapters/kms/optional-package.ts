import { StartError } from '../../provider/kernel/errors.ts'

/**
 * Loads a package that only some installations need, and that is installed by whoever needs it. Rejects with StartError, which
 * says what to install, where it isn't there.
 */
export async function loadOptionalPackage<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error
    throw new StartError(
      `KMS_URL: this kind of master key needs the package ${name}. Install it beside Latchkey: npm install ${name}`,
      {
        cause: error,
      },
    )
  }
}
