import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { bundleBrowserScript, readAsset, readLogo, readPage } from './assets.ts'
import { createLedgerline } from './ledgerline.ts'
import { createNotesApi } from './notes.ts'
import { createTokenVerifier } from './verify-token.ts'

export interface SampleProduct {
  url: string
  close(): Promise<void>
}

/**
 * Starts Fieldnotes: a page, its script, and an API, at `http://localhost:<port>`. It knows nothing of the issuer but its name, and
 * is registered there as the app `fieldnotes` with the redirect URI `<url>/callback`.
 */
export async function startSampleProduct(settings: { port: number; issuer: string }): Promise<SampleProduct> {
  const url = `http://localhost:${settings.port}`
  const answerLedgerline = createLedgerline(settings.issuer, `${url}/ledgerline`)
  const answerNotes = createNotesApi(createTokenVerifier(settings.issuer, 'fieldnotes'))
  const script = await bundleBrowserScript()
  const page = await readPage(settings.issuer)

  const files: Record<string, { type: string; body: string | Uint8Array }> = {
    '/': { type: 'text/html; charset=utf-8', body: page },
    '/callback': { type: 'text/html; charset=utf-8', body: page },
    '/app.js': { type: 'text/javascript; charset=utf-8', body: script },
    '/style.css': { type: 'text/css; charset=utf-8', body: await readAsset('style.css') },
    '/contours.svg': { type: 'image/svg+xml', body: await readAsset('contours.svg') },
    '/logo.png': { type: 'image/png', body: await readLogo() },
    '/icon.svg': { type: 'image/svg+xml', body: await readAsset('icon.svg') },
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setSecurityHeaders(response, settings.issuer)
    const path = request.url?.split('?', 1)[0] ?? '/'
    if (path === '/api/notes') return answerNotes(request, response)
    if (path === '/ledgerline' || path.startsWith('/ledgerline/')) return answerLedgerline(request, response)

    const file = Object.hasOwn(files, path) ? files[path] : undefined
    if (!file) return refuse(response, 404, 'There is nothing here.')
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD')
      return refuse(response, 405, 'Only GET is available here.')
    }
    response.writeHead(200, { 'Content-Type': file.type, 'Cache-Control': 'no-store' })
    response.end(request.method === 'HEAD' ? undefined : file.body)
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy()
      else refuse(response, 500, 'Something went wrong.')
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(settings.port, 'localhost', resolve)
  })

  return {
    url,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** The page may talk to itself and to its issuer, and to nobody else. */
function setSecurityHeaders(response: ServerResponse, issuer: string): void {
  response.setHeader(
    'Content-Security-Policy',
    [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      `connect-src 'self' ${issuer}`,
      `form-action 'self' ${issuer}`, // Ledgerline's form for sign-out, which is redirected to the issuer
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ].join('; '),
  )
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Referrer-Policy', 'strict-origin') // the callback's URL holds the code
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
  response.end(`${sentence}\n`)
}
