import { type Route, route } from '../http/route.ts'
import { homeOf } from './paths.ts'
import { uidParams as params, viewing as limits } from './sign-in-route.ts'

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
      limits,
      params,
      handler: ({ params: { uid } }) => ({ kind: 'redirect', to: homeOf(uid) }),
    }),
  )
}
