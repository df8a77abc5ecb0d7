import type { VNode } from 'preact'
import type { MailStyles } from './mail-document.tsx'

/** Mail programs draw a cell more alike than a link. */
export function MailButton({ href, label, styles }: { href: string; label: string; styles: MailStyles }): VNode {
  return (
    <table role="presentation" width="100%" cellPadding="0" cellSpacing="0" style="margin:0 0 24px">
      <tbody>
        <tr>
          <td class="button" style={styles.button}>
            <a href={href} target="_blank" rel="noopener" style={styles.buttonLink}>
              {label}
            </a>
          </td>
        </tr>
      </tbody>
    </table>
  )
}

export interface MailFact {
  name: string
  value: string
}

/** `below`: the room under it, in pixels. */
export function MailFacts({ facts, below, styles }: { facts: readonly MailFact[]; below: number; styles: MailStyles }): VNode {
  return (
    <table width="100%" cellPadding="0" cellSpacing="0" style={`margin:0 0 ${below}px`}>
      <tbody>
        {facts.map(({ name, value }) => (
          <tr>
            <th scope="row" class="quiet line" style={styles.factName}>
              {name}
            </th>
            <td class="strong line" style={styles.fact}>
              {value}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** An address that can be read and copied, for whoever's button does nothing. */
export function MailLink({ href }: { href: string }): VNode {
  return (
    <a class="link" href={href} target="_blank" rel="noopener" style="color:inherit;overflow-wrap:anywhere">
      {href}
    </a>
  )
}
