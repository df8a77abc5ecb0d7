import type { ZodType } from 'zod'
import type { Route } from '../http/route.ts'
import type { Entitlement } from '../kernel/entitlements.ts'
import type { Permission } from '../kernel/permissions.ts'

/** What somebody may send and will get, as the document shows it and a test does it. Ids in it stand for those of what is there. */
export interface Example {
  query?: Readonly<Record<string, string>>
  body?: unknown
  answer?: unknown
}

/** What is said of an operation to whoever wants to call it. */
export interface Operation {
  /** Unique; what generated clients call it. */
  id: string
  /** What it is about: the part of the document that it stands in. */
  about: string
  summary: string
  description?: string
  who: Who
  entitlement?: Entitlement
  /** `If-Match` has to say which version is meant. */
  conditional?: true
  query?: ZodType
  body?: ZodType
  status: 200 | 201 | 202 | 204
  answer?: ZodType
  /** By media type, what is answered where it is no JSON: how it looks. */
  downloads?: Readonly<Record<string, string>>
  example: Example
}

/**
 * Who may call: whoever has the permission in the workspace, or every member of it (`undefined`), of people those alone who are `fresh`;
 * each for themselves; the operator's apps.
 */
export type Who =
  | { kind: 'workspace'; permission: Permission | undefined; orSystem: boolean; peopleOnly: boolean; fresh: boolean }
  | { kind: 'self' }
  | { kind: 'operator' }

/** A route of the API, with what the document says of it. */
export interface ApiRoute extends Route {
  readonly operation: Operation
}
