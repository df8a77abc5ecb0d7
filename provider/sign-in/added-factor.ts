import type { Repositories } from '../ports/repositories.ts'
import type { Notice } from '../users/notices.ts'

/** The factor of a method that was added last, as its person is told of it. */
export async function findAddedFactor(
  { passkeys, totpDevices }: Pick<Repositories, 'passkeys' | 'totpDevices'>,
  methodId: string,
  userId: string,
): Promise<Notice> {
  const isPasskey = methodId === 'passkey'
  const newest = (await (isPasskey ? passkeys : totpDevices).listForUser(userId)).at(-1)
  return { kind: isPasskey ? 'passkey-added' : 'authenticator-added', name: newest?.name ?? '' }
}
