import { z } from 'zod'
import { type Route, route } from '../http/route.ts'

const params = z.object({ uid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) })

/**
 * The addresses of forms, for whoever loads them: a form that is answered by a page leaves the browser at its own address, and to
 * load that once more leads back to the sign-in.
 */
export function formAddressRoutes(forms: readonly string[]): Route[] {
  return forms.map(form =>
    route({
      method: 'GET',
      path: `/sign-in/:uid/${form}`,
      access: 'public',
      mode: 'no-data',
      limits: [{ name: 'sign-in-pages', by: 'address', points: 600, windowSeconds: 60 }],
      params,
      handler: ({ params: { uid } }) => ({ kind: 'redirect', to: `/sign-in/${uid}` }),
    }),
  )
}
