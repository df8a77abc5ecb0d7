/*
 * The library, and the reader of certificates under it, take longer to load than everything else of a start: they are loaded when the
 * first passkey is asked for.
 */

export function loadLibrary() {
  return import('@simplewebauthn/server')
}

/** Its lower floor. */
export function loadReaders() {
  return import('@simplewebauthn/server/helpers')
}
