import { renderAccountWaysIn } from '../../views/account/ways-in.tsx'
import { html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { nameAuthenticator } from '../passkeys/authenticator-names.ts'
import type { PasskeyRecord, UserRecord } from '../ports/records.ts'
import { linkHref } from './linking-paths.ts'
import { type AccountParts, nameConnection } from './surroundings.ts'

export const waysInPath = '/account/ways-in'

/** How somebody signs in, and what each way is worth. */
export function waysInRoutes(parts: AccountParts): Route[] {
  const { accountRoute, data, clock, methods, connections, rpId } = parts
  const enrolling = (id: string) =>
    methods.some(method => method.id === id && method.enrolment !== undefined) ? `${waysInPath}/add/${id}` : undefined
  const hrefs = (kind: string, id: string) => ({
    renameHref: `${waysInPath}/${kind}/${id}/rename`,
    removeHref: `${waysInPath}/${kind}/${id}/remove`,
  })

  return [
    accountRoute({
      method: 'GET',
      path: waysInPath,
      async handler({ mode, user, page, outcome }) {
        const has = await data.read(mode, async repositories => {
          const passkeys = await repositories.passkeys.listForUser(user.id)
          return {
            passkeys,
            totpDevices: await repositories.totpDevices.listForUser(user.id),
            recoveryCodes: await repositories.recoveryCodes.findState(user.id),
            identities: await repositories.upstreamIdentities.listForUser(user.id),
            // Whoever has a passkey has had one since the first.
            handle: passkeys.length > 0 ? await repositories.accounts.findOrCreatePasskeyHandle(user.id) : undefined,
          }
        })
        const { recoveryCodes } = has
        return html(
          renderAccountWaysIn(page, {
            now: clock(),
            address: user.address,
            passkeys: has.passkeys.map(passkey => ({
              name: passkey.name,
              model: nameAuthenticator(passkey.aaguid),
              synced: passkey.backedUp,
              createdAt: passkey.createdAt,
              lastUsedAt: passkey.lastUsedAt,
              ...hrefs('passkeys', passkey.id),
            })),
            authenticatorApps: has.totpDevices.map(({ id, name, createdAt, lastUsedAt }) => ({
              name,
              createdAt,
              lastUsedAt,
              ...hrefs('apps', id),
            })),
            recoveryCodes: recoveryCodes && {
              left: recoveryCodes.unused,
              all: recoveryCodes.all,
              madeAt: recoveryCodes.createdAt,
            },
            elsewhere: has.identities.map(({ id, connection, address, lastUsedAt }) => ({
              connection: nameConnection(parts, connection),
              address,
              lastUsedAt,
              unlinkHref: `${waysInPath}/elsewhere/${id}/unlink`,
            })),
            addPasskeyHref: enrolling('passkey'),
            addAuthenticatorAppHref: enrolling('totp'),
            // Where there is no second step to lose there is nothing to recover from.
            makeRecoveryCodesHref: has.passkeys.length + has.totpDevices.length > 0 ? `${waysInPath}/recovery-codes` : undefined,
            linkable: connections.map(({ id, label }) => ({ connection: label, href: linkHref(id) })),
            signals: has.handle && signalsFor(user, has.handle, has.passkeys),
            outcome,
          }),
        )
      },
    }),
  ]

  /** What authenticators are told, so that they show what is there and under the name it has now. */
  function signalsFor({ address, name }: UserRecord, handle: Buffer, passkeys: readonly PasskeyRecord[]) {
    const userId = handle.toString('base64url')
    const ids = passkeys.filter(passkey => passkey.rpId === rpId).map(({ credentialId }) => credentialId.toString('base64url'))
    return {
      accepted: { rpId, userId, allAcceptedCredentialIds: ids },
      details: { rpId, userId, name: address, displayName: name ?? address },
    }
  }
}
