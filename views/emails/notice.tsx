import { speak } from '../messages.ts'
import { tidyName } from '../text.ts'
import { formatMoment } from '../times.ts'
import type { MailContext, RenderedMail } from './mail-context.ts'
import { renderMailDocument } from './mail-document.tsx'
import { MailButton, type MailFact, MailFacts, MailLink } from './mail-parts.tsx'
import { composeMailText } from './mail-text.ts'

/** What happened to an account, each told to every address of its person. Names are as the person or the other service gave them. */
export type Notice =
  | { kind: 'passkey-added' | 'passkey-removed' | 'passkey-suspicious'; name: string }
  | { kind: 'passkey-renamed'; name: string; nameBefore: string }
  | { kind: 'authenticator-added' | 'authenticator-removed'; name: string }
  | { kind: 'authenticator-renamed'; name: string; nameBefore: string }
  | { kind: 'recovery-codes-made' }
  | { kind: 'recovery-code-used'; left: number }
  | { kind: 'address-added' | 'address-removed' | 'primary-address-changed'; address: string }
  /** `service`: "Google". */
  | { kind: 'service-linked' | 'service-unlinked'; service: string }
  | { kind: 'new-device'; app: string }
  | { kind: 'sessions-ended'; count: number }
  | { kind: 'erasure-scheduled'; dueAt: Date }
  | { kind: 'erasure-taken-back' }
  /** By an admin of that workspace. */
  | { kind: 'factors-reset'; workspace: string }
  /** The same, as the admin is told: `member` is their address. */
  | { kind: 'access-pass-made'; workspace: string; member: string }
  /** More than is told of one by one. */
  | { kind: 'more-happened' }

export interface NoticeProps {
  notice: Notice
  happenedAt: Date
  /** Kind of device it was done from; empty where it is not known. */
  device: string
  /** Where a trusted source tells it. */
  place?: string | undefined
  /** The page on which all sessions can be ended. Opening it changes nothing: scanners open links. */
  secureUrl: string
}

/** The mail that says what happened to an account, and what to do if that was somebody else. The text part is complete on its own. */
export function renderNoticeMail(context: MailContext, props: NoticeProps): RenderedMail {
  const { say } = speak(context.locale)
  const installation = tidyName(context.installationName)
  const heading = say(`mail.notice.${props.notice.kind}`)
  const account = say('mail.notice.account', { installation })
  const facts = listFacts(context, props)
  // Whoever it was: a key of which there is a copy is to go.
  const fine = sayNext(context, props)
  const notYou = say(props.notice.kind === 'factors-reset' ? 'mail.notice.factors-reset-not-you' : 'mail.notice.if-not-you')
  const inert = say('mail.notice.inert')
  return {
    subject: say('mail.notice.subject', { installation, heading }),
    text: composeMailText(context, [
      heading,
      account,
      facts.map(fact => say('mail.fact', fact)).join('\n'),
      fine,
      `${notYou}\n${props.secureUrl}`,
      inert,
    ]),
    html: renderHtml(context, { heading, account, facts, fine, notYou, inert, secureUrl: props.secureUrl }),
  }
}

function sayNext(context: MailContext, { notice, secureUrl }: NoticeProps): string {
  const { say } = speak(context.locale)
  switch (notice.kind) {
    case 'passkey-suspicious':
      return say('mail.notice.passkey-suspicious-next')
    case 'erasure-scheduled':
      return say('mail.notice.erasure-scheduled-next', { url: new URL('/account', secureUrl).href })
    case 'factors-reset':
      return say('mail.notice.factors-reset-next', { workspace: tidyName(notice.workspace) })
    case 'more-happened':
      return say('mail.notice.more-happened-next', { url: new URL('/account/activity', secureUrl).href })
    default:
      return say('mail.notice.if-you')
  }
}

function listFacts(context: MailContext, { notice, happenedAt, device, place }: NoticeProps): MailFact[] {
  const { say } = speak(context.locale)
  return [
    ...describe(context, notice),
    { name: say('mail.notice.fact.time'), value: formatMoment(context.locale, happenedAt, context.timeZone) },
    ...(device === '' ? [] : [{ name: say('fact.device'), value: tidyName(device) }]),
    ...(place === undefined ? [] : [{ name: say('mail.notice.fact.place'), value: tidyName(place) }]),
  ]
}

function describe(context: MailContext, notice: Notice): MailFact[] {
  const { say } = speak(context.locale)
  switch (notice.kind) {
    case 'passkey-added':
    case 'passkey-removed':
    case 'passkey-suspicious':
    case 'authenticator-added':
    case 'authenticator-removed':
      return [{ name: say('mail.notice.fact.name'), value: tidyName(notice.name) }]
    case 'passkey-renamed':
    case 'authenticator-renamed':
      return [
        { name: say('mail.notice.fact.name'), value: tidyName(notice.name) },
        { name: say('mail.notice.fact.name-before'), value: tidyName(notice.nameBefore) },
      ]
    case 'recovery-code-used':
      return [{ name: say('mail.notice.fact.codes-left'), value: String(notice.left) }]
    case 'address-added':
    case 'address-removed':
    case 'primary-address-changed':
      // Verified, so it is an address and nothing else; cut short it would be another one.
      return [{ name: say('mail.notice.fact.address'), value: notice.address }]
    case 'service-linked':
    case 'service-unlinked':
      return [{ name: say('mail.notice.fact.service'), value: tidyName(notice.service) }]
    case 'new-device':
      return [{ name: say('fact.app'), value: tidyName(notice.app) }]
    case 'sessions-ended':
      return [{ name: say('mail.notice.fact.sessions'), value: String(notice.count) }]
    case 'erasure-scheduled':
      return [{ name: say('mail.notice.fact.erased'), value: formatMoment(context.locale, notice.dueAt, context.timeZone) }]
    case 'factors-reset':
      return [{ name: say('mail.notice.fact.workspace'), value: tidyName(notice.workspace) }]
    case 'access-pass-made':
      return [
        { name: say('mail.notice.fact.member'), value: notice.member },
        { name: say('mail.notice.fact.workspace'), value: tidyName(notice.workspace) },
      ]
    case 'recovery-codes-made':
    case 'erasure-taken-back':
    case 'more-happened':
      return []
  }
}

interface Words {
  heading: string
  account: string
  facts: MailFact[]
  fine: string
  notYou: string
  inert: string
  secureUrl: string
}

function renderHtml(context: MailContext, { heading, account, facts, fine, notYou, inert, secureUrl }: Words): string {
  return renderMailDocument(context, { title: heading, preview: account }, ({ say }, styles) => (
    <>
      <h1 class="strong" style={styles.heading}>
        {heading}
      </h1>
      <p class="plain" style={styles.text}>
        {account}
      </p>
      <MailFacts facts={facts} below={24} styles={styles} />
      <p class="plain" style={styles.text}>
        {fine}
      </p>
      <p class="plain" style={styles.text}>
        {notYou}
      </p>
      <MailButton href={secureUrl} label={say('mail.notice.button')} styles={styles} />
      <p class="quiet" style={styles.small}>
        {inert}
      </p>
      <p class="quiet" style={styles.small}>
        {say('mail.button-fallback')}
        <br />
        <MailLink href={secureUrl} />
      </p>
    </>
  ))
}
