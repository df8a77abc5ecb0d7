import { speak } from '../messages.ts'
import { appName, tidyName } from '../text.ts'
import { formatMoment } from '../times.ts'
import type { MailContext, RenderedMail } from './mail-context.ts'
import { renderMailDocument } from './mail-document.tsx'
import { MailButton, type MailFact, MailFacts, MailLink } from './mail-parts.tsx'
import { composeMailText } from './mail-text.ts'

export interface MagicLinkProps {
  /** Under the issuer's own origin. */
  link: string
  /** Eight letters without a space; absent where codes are switched off for the account. */
  code?: string
  /** Kind of device that asked: "Firefox on Linux". */
  device: string
  requestedAt: Date
  lifetimeMinutes: number
  /** The subject is what a locked screen shows, so the code stands there only if the installation says so. */
  codeInSubject?: boolean
}

/** The mail that carries the link and the code. The text part is complete on its own. */
export function renderMagicLinkMail(context: MailContext, props: MagicLinkProps): RenderedMail {
  const { say } = speak(context.locale)
  const app = appName(context)
  const { code, link, lifetimeMinutes: minutes } = props
  const lifetime = say(code ? 'mail.magic-link.lifetime' : 'mail.magic-link.lifetime-link', { minutes })
  const notYou = code
    ? say('mail.magic-link.not-you', { installation: tidyName(context.installationName) })
    : say('mail.magic-link.not-you-link')
  const facts = [
    { name: say('fact.app'), value: app },
    { name: say('fact.device'), value: tidyName(props.device) },
    { name: say('fact.time'), value: formatMoment(context.locale, props.requestedAt, context.timeZone) },
  ]
  return {
    subject:
      code && props.codeInSubject
        ? say('mail.magic-link.subject-with-code', { code, app })
        : say('mail.magic-link.subject', { app }),
    text: composeMailText(context, [
      say('mail.magic-link.heading', { app }),
      `${say('mail.magic-link.open')}\n${link}`,
      code && `${say('mail.magic-link.or-code')}\n${splitCode(code).join(' ')}`,
      lifetime,
      facts.map(fact => say('mail.fact', fact)).join('\n'),
      notYou,
    ]),
    html: renderHtml(context, props, { app, lifetime, notYou, facts }),
  }
}

interface Words {
  app: string
  lifetime: string
  notYou: string
  facts: MailFact[]
}

function renderHtml(context: MailContext, { link, code }: MagicLinkProps, { app, lifetime, notYou, facts }: Words): string {
  const { say } = speak(context.locale)
  const [start, end] = splitCode(code ?? '')
  return renderMailDocument(context, { title: say('mail.magic-link.subject', { app }), preview: lifetime }, (_, styles) => (
    <>
      <h1 class="strong" style={styles.heading}>
        {say('mail.magic-link.heading', { app })}
      </h1>
      <p class="plain" style={styles.text}>
        {say('mail.magic-link.open')}
      </p>
      <MailButton href={link} label={say('mail.magic-link.button')} styles={styles} />
      {code && (
        <>
          <p class="plain" style={styles.text}>
            {say('mail.magic-link.or-code')}
          </p>
          {/* The gap is a margin, so that copying the code copies no space. */}
          <p class="strong" style={styles.code}>
            {start}
            <span style={styles.codeEnd}>{end}</span>
          </p>
        </>
      )}
      <p class="quiet" style={styles.small}>
        {lifetime}
      </p>
      <MailFacts facts={facts} below={16} styles={styles} />
      <p class="quiet" style={styles.small}>
        {notYou}
      </p>
      <p class="quiet" style={styles.small}>
        {say('mail.magic-link.button-fallback')}
        <br />
        <MailLink href={link} />
      </p>
    </>
  ))
}

function splitCode(code: string): [string, string] {
  const middle = Math.ceil(code.length / 2)
  return [code.slice(0, middle), code.slice(middle)]
}
