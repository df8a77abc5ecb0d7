import { describe, expect, it } from 'vitest'
import { type MagicLinkProps, renderMagicLinkMail } from '../../views/emails/magic-link.tsx'
import type { MailContext } from '../../views/emails/mail-context.ts'
import { locales } from '../../views/page-context.ts'

const context: MailContext = {
  locale: 'en',
  app: { name: 'Fieldnotes' },
  issuerHost: 'id.example.com',
  installationName: 'Meadow Software',
}
const props: MagicLinkProps = {
  link: 'https://id.example.com/link/3q2-7wEjRWeJq83vASNFZ4mrze8BI0Vnias3vQEjRWc',
  code: 'BCDFGHJK',
  device: 'Firefox on Linux',
  requestedAt: new Date('2026-03-05T14:05:00Z'),
  lifetimeMinutes: 10,
}

/** What a person copies out of the HTML: its text, with no space but those in it. */
function readText(html: string): string {
  return html.replace(/<head>.*<\/head>/s, '').replaceAll(/<[^>]+>/g, '')
}

describe.each(locales)('the mail with link and code, in %s', locale => {
  const mail = renderMagicLinkMail({ ...context, locale }, props)

  it('says what it is for in the subject, and keeps the code out of it', () => {
    expect(mail.subject).toContain('Fieldnotes')
    expect(mail.subject).not.toContain('BCDF')
    expect(renderMagicLinkMail({ ...context, locale }, { ...props, codeInSubject: true }).subject).toContain('BCDFGHJK')
  })

  it('is complete as text: app, device, time with its zone, link, code, how long, who sends it', () => {
    for (const part of [
      'Fieldnotes',
      'Firefox on Linux',
      'UTC',
      props.link,
      'BCDF GHJK',
      '10',
      'id.example.com',
      'Meadow Software',
    ]) {
      expect(mail.text).toContain(part)
    }
    expect(mail.text).toMatch(/^https:\/\/id\.example\.com\/link\/\S+$/m)
  })

  it('says the same as HTML, where the code is copied without its gap', () => {
    const text = readText(mail.html)
    for (const part of [
      'Fieldnotes',
      'Firefox on Linux',
      'UTC',
      props.link,
      'BCDFGHJK',
      '10',
      'id.example.com',
      'Meadow Software',
    ]) {
      expect(text).toContain(part)
    }
  })

  it('shows no code where codes are switched off, and promises none', () => {
    const { code: _, ...withoutCode } = props
    const { subject, text, html } = renderMagicLinkMail({ ...context, locale }, { ...withoutCode, codeInSubject: true })
    for (const part of [subject, text, readText(html)]) expect(part).not.toMatch(/\bcode\b|codice/i)
  })
})

describe('the mail with link and code', () => {
  it('sets the colons of its text as the language does', () => {
    const textIn = (locale: (typeof locales)[number]) => renderMagicLinkMail({ ...context, locale }, props).text
    expect(textIn('en')).toContain('App: Fieldnotes')
    expect(textIn('de')).toContain('Gerät: Firefox on Linux')
    expect(textIn('fr')).toContain('Application\u00A0: Fieldnotes')
    expect(textIn('fr')).not.toMatch(/[^\s\d/]:\s/)
    expect(textIn('it')).toContain('Dispositivo: Firefox on Linux')
  })

  it('loads nothing and tells nobody that it was opened', () => {
    const { html } = renderMagicLinkMail(context, props)
    expect(html).not.toMatch(/<img|<link|<script|url\(|@import|background=/i)
    expect([...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, uri]) => uri)).toEqual([props.link, props.link])
  })

  it('shows names as text, on one line', () => {
    const name = 'Field\r\nBcc: everybody@example.com\r\n\u202E<img src=x onerror=alert(1)>"'
    const { subject, html, text } = renderMagicLinkMail(
      { ...context, app: { name }, installationName: name },
      { ...props, device: name },
    )
    expect(subject).not.toMatch(/[\r\n\u202E]/)
    expect(text).not.toMatch(/^Bcc/m)
    expect(html).not.toContain('<img')
  })

  it('takes the accent of the installation', () => {
    expect(renderMagicLinkMail({ ...context, accentColour: '#7a2e8e' }, props).html).toContain('background:#7a2e8e')
  })
})
