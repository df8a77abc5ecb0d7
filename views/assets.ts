import { createHash } from 'node:crypto'
import { copyOnPress } from './browser/copying.ts'
import { offerPasskeys } from './browser/passkey.ts'
import { postByItself } from './browser/posting.ts'
import { waitForSignIn } from './browser/waiting.ts'
import { drawIcon } from './icon.ts'
import { writeStylesheet } from './styles/stylesheet.ts'

/** A file that pages load. Its name changes with its content, so it may be cached for ever. */
export interface Asset {
  name: string
  contentType: string
  body: string
}

export interface Assets {
  stylesheet: Asset
  waitingScript: Asset
  passkeyScript: Asset
  postingScript: Asset
  copyingScript: Asset
  icon: Asset
}

/**
 * The files that pages load. An accent colour of the installation's own (`#rrggbb`) becomes part of the stylesheet, and so of its
 * name: an installation with several has one set of assets for each.
 */
export function buildAssets(options: { accentColour?: string } = {}): Assets {
  return {
    stylesheet: nameByContent('latchkey', 'css', 'text/css; charset=utf-8', writeStylesheet(options.accentColour)),
    passkeyScript: nameScript('passkey', offerPasskeys),
    waitingScript: nameScript('waiting', waitForSignIn),
    postingScript: nameScript('posting', postByItself),
    copyingScript: nameScript('copying', copyOnPress),
    icon: nameByContent('icon', 'svg', 'image/svg+xml', drawIcon(options.accentColour)),
  }
}

/** A script that is a function of ours, run at once. */
function nameScript(stem: string, script: () => void): Asset {
  return nameByContent(stem, 'js', 'text/javascript; charset=utf-8', `(${script.toString()})()\n`)
}

function nameByContent(stem: string, extension: string, contentType: string, body: string): Asset {
  const fingerprint = createHash('sha256').update(body).digest('base64url').slice(0, 12)
  return { name: `${stem}.${fingerprint}.${extension}`, contentType, body }
}
