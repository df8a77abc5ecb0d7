import type { ComponentChildren } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { defaultAccent, deriveAccent } from '../colour.ts'
import { type Speaker, speak } from '../messages.ts'
import { tidyName } from '../text.ts'
import type { MailContext } from './mail-context.ts'

const sans = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
const mono = "ui-monospace, SFMono-Regular, 'Cascadia Mono', Menlo, Consolas, monospace"

/** Inline styles, because many mail programs know no others. Dark colours stand in the head, for those that do. */
export interface MailStyles {
  heading: string
  text: string
  small: string
  /** A table cell, since Outlook gives a link no padding of its own. */
  button: string
  buttonLink: string
  code: string
  codeEnd: string
  factName: string
  fact: string
}

// Derived once: it takes a quarter of the time in which a mail is written.
const defaultShades = deriveAccent(defaultAccent)

/** A whole HTML mail around its content: one column, no pictures, nothing that tells that it was opened. */
export function renderMailDocument(
  context: MailContext,
  options: { title: string; preview: string },
  content: (speaker: Speaker, styles: MailStyles) => ComponentChildren,
): string {
  const { light, dark } = context.accentColour === undefined ? defaultShades : deriveAccent(context.accentColour)
  const speaker = speak(context.locale)
  const styles: MailStyles = {
    heading: `margin:0 0 24px;font:600 26px/1.25 ${sans};letter-spacing:-0.02em;color:#141816;overflow-wrap:anywhere`,
    text: `margin:0 0 16px;font:400 16px/1.5 ${sans};color:#333834;overflow-wrap:anywhere`,
    small: `margin:0 0 16px;font:400 14px/1.5 ${sans};color:#5a5f59;overflow-wrap:anywhere`,
    button: `border-radius:10px;background:${light.accent};text-align:center`,
    buttonLink: `display:block;padding:14px 20px;border-radius:10px;color:${light.onAccent};font:600 16px/1.3 ${sans};text-decoration:none;overflow-wrap:anywhere`,
    code: `margin:0 0 24px;font:600 28px/1.3 ${mono};letter-spacing:0.08em;color:#141816`,
    codeEnd: 'margin-left:0.5em',
    factName: `padding:10px 24px 10px 0;border-top:1px solid #e1e3de;font:400 14px/1.5 ${sans};color:#5a5f59;text-align:left;vertical-align:top;white-space:nowrap`,
    fact: `width:100%;padding:10px 0;border-top:1px solid #e1e3de;font:400 14px/1.5 ${sans};color:#141816;text-align:left;overflow-wrap:anywhere`,
  }
  const darkStyles = `:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){
.page{background:#121513!important}
.strong{color:#f2f5f3!important}
.plain{color:#d3d9d4!important}
.quiet{color:#a4ada6!important}
.line{border-color:#303631!important}
.button{background:${dark.accent}!important}
.button a{color:${dark.onAccent}!important}
.link{color:${dark.accent}!important}
}`
  return `<!doctype html>${renderToString(
    <html lang={context.locale}>
      <head>
        <meta charset="utf-8" />
        <title>{options.title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <meta name="format-detection" content="telephone=no, date=no, address=no, email=no" />
        <style>{darkStyles}</style>
      </head>
      <body class="page" style="margin:0;padding:0;background:#fbfbfa">
        <div style="display:none;max-height:0;overflow:hidden">{options.preview}</div>
        {/* Webmail shows what is in the body alone, so the language stands there too. */}
        <article aria-label={options.title} lang={context.locale}>
          {/* The attribute is for Outlook, which knows no greatest width. */}
          <table role="presentation" width="480" cellPadding="0" cellSpacing="0" style="width:100%;max-width:480px;margin:0 auto">
            <tbody>
              <tr>
                <td align="left" style="padding:40px 24px">
                  {content(speaker, styles)}
                  <p class="quiet line" style={`${styles.small};margin:24px 0 0;padding-top:16px;border-top:1px solid #e1e3de`}>
                    {speaker.say('mail.footer', { host: context.issuerHost, installation: tidyName(context.installationName) })}
                  </p>
                </td>
              </tr>
            </tbody>
          </table>
        </article>
      </body>
    </html>,
  )}`
}
