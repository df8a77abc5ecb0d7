import { createMagicLink, type MagicLinkOptions } from './magic-link.ts'
import type { SignInMethod } from './method.ts'

/** Every way in. The first is the one that the address field begins. */
export function createMethods(options: MagicLinkOptions): readonly [SignInMethod, ...SignInMethod[]] {
  return [createMagicLink(options)]
}
