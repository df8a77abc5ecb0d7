import { authenticatorModels } from './authenticator-models.ts'

const names = new Map(Object.entries(authenticatorModels).flatMap(([name, aaguids]) => aaguids.map(aaguid => [aaguid, name])))

/** The name of a model of authenticator; undefined where it doesn't say what it is, or isn't known. */
export function nameAuthenticator(aaguid: string): string | undefined {
  return names.get(aaguid.toLowerCase())
}

/** What these models are called, each name once; a model without a name is told by its AAGUID. */
export function listNames(aaguids: Iterable<string>): string[] {
  return [...new Set([...aaguids].map(aaguid => nameAuthenticator(aaguid) ?? aaguid))]
}

/** What a new passkey is called until its person calls it something else: by its authenticator, or by the device that made it. */
export function suggestPasskeyName({ aaguid }: { aaguid: string }, device: string): string {
  return nameAuthenticator(aaguid) ?? (device === '' ? 'Passkey' : device)
}
