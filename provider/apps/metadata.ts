import type { z } from 'zod'
import { appMembers } from './members.ts'
import { metadataRules } from './metadata-rules.ts'

/** What an app is registered with, with what its members ask of each other. */
export const appMetadata = appMembers
  .superRefine((app, context) => {
    for (const { find } of metadataRules) {
      for (const { path, message } of find(app)) context.addIssue({ code: 'custom', path, message })
    }
  })
  .transform(app => ({
    ...app,
    response_types: app.grant_types.includes('authorization_code') ? ['code' as const] : [],
  }))

export type AppMetadata = z.infer<typeof appMetadata>
