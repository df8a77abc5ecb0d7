import type { DefaultContext, Middleware as KoaMiddleware, ParameterizedContext } from 'koa'
import type { Locale } from '../../views/page-context.ts'

/** What is known of a request before anything is decided about it. */
export interface RequestFacts {
  /** Names the request in the log and in audit events. */
  id: string
  /** The client's address as the counted proxies report it, in canonical form. */
  ip: string
  /** What limits count by: the IPv4 address, or the IPv6 /64. */
  addressBlock: string
  userAgent: string
  /** The device in words, for pages and mails: "Firefox on Linux". */
  device: string
  /** By `ui_locales`, then Accept-Language. */
  locale: Locale
  /** Where it comes from, in words of a language (BCP 47); undefined where nothing trusted tells. */
  findPlace(language: string): Promise<string | undefined>
}

export interface State {
  facts: RequestFacts
}

export type Context = ParameterizedContext<State, DefaultContext>
export type Middleware = KoaMiddleware<State, DefaultContext>
