import { findBrowser } from '../http/browser-cookie.ts'
import type { Context } from '../http/context.ts'
import type { Data } from '../ports/data.ts'
import type { SignInMethod } from './method.ts'

/** The method with which somebody last signed in in this browser: who that was, nobody is told. */
export async function findUsualMethod(
  data: Data,
  methods: readonly SignInMethod[],
  ctx: Context,
): Promise<SignInMethod | undefined> {
  const browser = findBrowser(ctx)
  if (browser === undefined) return undefined
  const id = await data.read({ kind: 'system', reason: 'sign-in' }, ({ knownBrowsers }) => knownBrowsers.findLastMethod(browser))
  return methods.find(method => method.id === id)
}
