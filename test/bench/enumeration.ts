/**
 * Whether the time of an answer tells who has an account. Mails are asked for one at a time, for addresses with and without an
 * account in turn, and the times of the answers are compared by rank: a Mann-Whitney test needs no assumption about how times are
 * spread, and no outlier weighs more than another.
 */
import { randomBytes } from 'node:crypto'
import { webApps } from './apps.ts'
import { type Answer, openConnection, redirectOf, UnexpectedAnswer } from './load/browser.ts'
import { openInbox } from './load/mail-inbox.ts'
import { inNewBrowser, newPerson, type Person, requestCode } from './load/person.ts'
import { signIn } from './load/sign-in.ts'
import { discoverTarget, type Target } from './load/target.ts'

/** Nobody is sent more than three mails in five minutes: one to begin with, and two that are measured. */
const mailsEach = 2
/** Below it, such a difference would come by chance once in a hundred runs. */
const suspicious = 0.01

export interface EnumerationResult {
  /** Milliseconds from the request for a mail to the whole of its answer. */
  known: number[]
  unknown: number[]
  /** Whether all answers were the same but for what is random in them. */
  sameBytes: boolean
}

export async function measureEnumeration(issuer: string, linkPort: number, pairs: number): Promise<EnumerationResult> {
  const inbox = openInbox(linkPort)
  const connection = openConnection()
  const [app] = webApps
  if (!app) throw new Error('there are no apps')
  try {
    const target = await discoverTarget(issuer, inbox, { opaqueProfileTokens: false })
    const couples: Array<{ known: Person; unknown: Person }> = []
    for (let pair = 0; pair < pairs; pair += 1) {
      const couple = { known: newPerson(connection, app), unknown: newPerson(connection, app) }
      await signIn(target, couple.known)
      // The other has been sent a mail as well, and has done nothing with it.
      await askForMail(target, couple.unknown)
      couples.push(couple)
    }
    const result: EnumerationResult = { known: [], unknown: [], sameBytes: true }
    let first: string | undefined
    for (let round = 0; round < mailsEach; round += 1) {
      for (const couple of couples) {
        // Which of the two is first is left to chance: whoever comes second finds the server warmer.
        const order = (randomBytes(1)[0] ?? 0) % 2 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)
        for (const which of order) {
          const { milliseconds, said } = await askForMail(target, inNewBrowser(couple[which]))
          result[which].push(milliseconds)
          first ??= said
          result.sameBytes &&= said === first
        }
      }
    }
    return result
  } finally {
    connection.close()
    inbox.close()
  }
}

/** Times the one request, and waits until its mail has been delivered: nothing of it is left to disturb the next. */
async function askForMail(target: Target, { app, address, browser }: Person): Promise<{ milliseconds: number; said: string }> {
  const begun = await browser.get(requestCode(target.authorizationEndpoint, app).url)
  const home = redirectOf(begun, target.issuer, 'authorize')
  const page = await browser.get(home)
  if (page.status !== 200) throw new UnexpectedAnswer('sign-in page', page)
  const mail = target.inbox?.nextLink(address)
  const began = performance.now()
  const answer = await browser.post(`${home}/email`, { address })
  const milliseconds = performance.now() - began
  redirectOf(answer, target.issuer, 'address')
  await mail
  return { milliseconds, said: withoutChance(answer, home) }
}

function withoutChance({ status, headers, body }: Answer, home: string): string {
  const { date: _date, 'x-request-id': _id, ...others } = headers
  return JSON.stringify([status, others, body]).replaceAll(home.split('/').at(-1) ?? '', '(id)')
}

/** The chance of ranks as far apart as these where there is no difference (two-sided, by the normal approximation, for ties too). */
export function compareByRank(ones: readonly number[], others: readonly number[]): number {
  const all = [...ones.map(value => ({ value, one: true })), ...others.map(value => ({ value, one: false }))]
  all.sort((left, right) => left.value - right.value)
  let rankSum = 0
  let ties = 0
  for (let start = 0; start < all.length; ) {
    let end = start
    while (end < all.length && all[end]?.value === all[start]?.value) end += 1
    const tied = end - start
    rankSum += ((start + 1 + end) / 2) * all.slice(start, end).filter(({ one }) => one).length
    ties += tied ** 3 - tied
    start = end
  }
  const [m, n, count] = [ones.length, others.length, all.length]
  const u = rankSum - (m * (m + 1)) / 2
  const variance = ((m * n) / 12) * (count + 1 - ties / (count * (count - 1)))
  return variance === 0 ? 1 : 2 * tailOfNormal(Math.max(0, Math.abs(u - (m * n) / 2) - 0.5) / Math.sqrt(variance))
}

/** The standard normal distribution beyond `z` (Abramowitz and Stegun 26.2.17, to 7.5e-8). */
function tailOfNormal(z: number): number {
  const t = 1 / (1 + 0.2316419 * z)
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return (Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI)) * polynomial
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function describeEnumeration({ known, unknown, sameBytes }: EnumerationResult): string {
  const row = (name: string, values: number[]) =>
    `| ${[name, values.length, ...[0.25, 0.5, 0.75].map(share => quantile(values, share).toFixed(3))].join(' | ')} |`
  const chance = compareByRank(known, unknown)
  return [
    '| address | requests | first quartile ms | median ms | third quartile ms |',
    '| --- | --: | --: | --: | --: |',
    row('with an account', known),
    row('without', unknown),
    '',
    `Mann-Whitney, two-sided: p = ${chance.toPrecision(2)}, ${chance < suspicious ? '**a difference**' : 'no difference'} at ${suspicious}. The answers are ${sameBytes ? 'the same, byte by byte, but for what is random in them' : '**not the same**'}.`,
  ].join('\n')
}
