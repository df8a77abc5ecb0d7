/** What a workspace's plan can include. Closed: a plan that names another stops the start. */
export const entitlements = [
  'api-keys', // keys with which programs call the management API
  'custom-roles', // roles of the workspace's own
  'sso', // connections of its own
  'audit-export', // its log, as a file
  'accepted-authenticators', // which models of authenticators count there
] as const

export type Entitlement = (typeof entitlements)[number]

/** By the name of a plan, what it includes. */
export type Plans = Readonly<Record<string, readonly Entitlement[]>>
