import { renderAccountProfile } from '../../views/account/profile.tsx'
import { locales } from '../../views/page-context.ts'
import { recordEvent } from '../audit/record.ts'
import { html } from '../http/answer.ts'
import { chooseLocale, keepLocale } from '../http/locale.ts'
import type { Route } from '../http/route.ts'
import { readMailedName } from '../users/names.ts'
import { goOn } from './outcome.ts'
import type { AccountParts } from './surroundings.ts'

const path = '/account/profile'
const longestName = 100

/** Name and language; the language becomes that of the pages at once. */
export function profileRoutes({ accountRoute, data }: AccountParts): Route[] {
  return [
    accountRoute({
      method: 'GET',
      path,
      handler: ({ user, page, outcome }) =>
        html(
          renderAccountProfile(page, {
            form: { action: path },
            name: user.name ?? '',
            language: chooseLocale([user.locale]),
            outcome,
          }),
        ),
    }),
    accountRoute({
      method: 'POST',
      path,
      comeBackTo: path,
      async handler({ ctx, mode, user, form, page, circumstances }) {
        const read = readMailedName(form['name'], longestName)
        const language = locales.find(locale => locale === form['language']) ?? chooseLocale([user.locale])
        if (read.kind === 'too-long' || read.kind === 'web-address') {
          const typed = { form: { action: path }, name: form['name'] ?? '', language, problem: `name-${read.kind}` } as const
          return html(renderAccountProfile(page, typed), 400)
        }
        const name = read.kind === 'name' ? read.name : undefined
        await data.scoped(mode, async repositories => {
          const before = await repositories.users.findById(user.id)
          if (before === undefined || (before.name === name && before.locale === language)) return
          await Promise.all([
            repositories.accounts.changeName(user.id, name),
            repositories.accounts.changeLocale(user.id, language),
            recordEvent(
              repositories,
              {
                action: 'user.changed',
                userId: user.id,
                before: { name: before.name ?? null, locale: before.locale },
                after: { name: name ?? null, locale: language },
              },
              circumstances,
            ),
          ])
        })
        keepLocale(ctx, language)
        return goOn(ctx, path, 'saved')
      },
    }),
  ]
}
