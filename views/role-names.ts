/** In the order in which they are shown: each with less than the one before. */
export const builtInRoleKeys = ['admin', 'manager', 'operator', 'viewer'] as const

export type BuiltInRole = (typeof builtInRoleKeys)[number]

/** The same in every language, as tokens and other people's words for them are. */
export const builtInRoleNames: Record<BuiltInRole, string> = {
  admin: 'Admin',
  manager: 'Manager',
  operator: 'Operator',
  viewer: 'Viewer',
}

/** A role by its key: one of the workspace's own has no other name here. */
export function nameRole(key: string): string {
  const builtIn = builtInRoleKeys.find(each => each === key)
  return builtIn ? builtInRoleNames[builtIn] : key
}
