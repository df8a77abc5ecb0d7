import { z } from 'zod'
import { entitlements, type Plans } from '../provider/kernel/entitlements.ts'

const planName = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected names of lower-case letters, digits and hyphens')
const entitlement = z.enum(entitlements, `expected any of ${entitlements.join(', ')}`)

/** The plans of the config file: what each includes. A workspace is on `free` until it is set on another. */
export const planSettings = z
  .record(planName, z.array(entitlement, 'expected a list of what the plan includes'), 'expected plans by their names')
  .refine(plans => Object.hasOwn(plans, 'free'), 'expected a plan with the name free, which new workspaces are on')

/** Where the config file names none. */
export const defaultPlans: Plans = {
  free: ['api-keys'],
  pro: ['api-keys', 'custom-roles', 'sso', 'audit-export'],
  enterprise: ['api-keys', 'custom-roles', 'sso', 'audit-export', 'accepted-authenticators'],
}
