import { z } from 'zod'
import { planSettings } from './plans.ts'
import { daysAfterDeletion, domainName, retentionDays, upstreamIssuer, upstreamIssuerTemplate } from './values.ts'

const mfa = z.enum(['counts', 'ignored'], 'expected counts or ignored').optional()
const tenant = z
  .string('expected a tenant id, or personal')
  .regex(/^(?:personal|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i, 'expected a tenant id, or personal')

/** What the config file may say of each upstream; that it is there at all is said by its client ID and secret. */
export const upstreamKeys = {
  google: {
    issuer: upstreamIssuer.optional(),
    /** Whether a second factor that was shown over there counts here. */
    mfa,
    /** Only accounts of this Google Workspace domain. */
    hosted_domain: domainName.optional(),
  },
  microsoft: {
    issuer: upstreamIssuerTemplate.optional(),
    mfa,
    /** Only accounts of these organisations, or `personal` ones. */
    tenants: z.array(tenant, 'expected a list of tenant ids').min(1, 'expected at least one tenant id').optional(),
  },
}

/** The keys of the file that `LATCHKEY_CONFIG` names. */
export const configFileSchema = z.strictObject({
  /** OIDC clients: metadata of OpenID Connect Dynamic Client Registration 1.0 §2, and ours. */
  apps: z.array(z.record(z.string(), z.unknown())).optional(),
  upstreams: z
    .strictObject({
      google: z.strictObject(upstreamKeys.google).optional(),
      microsoft: z.strictObject(upstreamKeys.microsoft).optional(),
    })
    .optional(),
  audit: z
    .strictObject({ retention_days: retentionDays.optional(), days_after_deletion: daysAfterDeletion.optional() })
    .optional(),
  plans: planSettings.optional(),
})

export type ConfigFile = z.output<typeof configFileSchema>

export type AuditRetentionDays = z.output<typeof retentionDays>
export type UpstreamMfa = z.output<typeof mfa>
