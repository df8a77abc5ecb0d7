import { z } from 'zod'
import type { Settings } from '../../../config/schema.ts'
import { type Finding, ok, problem } from './finding.ts'

const discovery = z.object({ issuer: z.string() })

/** Asks the issuer for its discovery document (OpenID Connect Discovery 1.0 §4.3), as every app does first. */
export async function checkIssuer({ issuer, port }: Settings): Promise<Finding> {
  const url = `${issuer}/.well-known/openid-configuration`
  const begun = performance.now()
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5000) }).catch((error: unknown) =>
    explain(error),
  )
  if (typeof response === 'string') {
    const remedy = `The doctor asked for ${url}, because its own ISSUER and PORT lead there. If the server was started with others, run the doctor with the same. Otherwise check that "latchkey serve" runs (with these settings it listens on port ${port}), that whatever stands before it forwards to it, and that ISSUER is the address that browsers use.`
    return problem('issuer', `${issuer} cannot be reached from this machine: ${response}.`, remedy)
  }
  if (response.status === 421) {
    const remedy = `Let the proxy pass the Host header on unchanged (${new URL(issuer).host}), and check that ISSUER is the same for the server.`
    return problem('issuer', `${issuer} is answered by a server that was asked under another host.`, remedy)
  }
  if (response.status >= 300 && response.status < 400) {
    return problem(
      'issuer',
      `${issuer} sends requests elsewhere (status ${response.status}).`,
      'Set ISSUER to the address at which requests end up.',
    )
  }
  const document = discovery.safeParse(await response.json().catch(() => undefined))
  if (response.status !== 200 || !document.success) {
    const remedy =
      'Check that ISSUER leads to Latchkey and not to something else (without it, PORT is what counts: it has to be the server’s), and look into the log of the server and of the proxy.'
    return problem('issuer', `${issuer} answers with status ${response.status}, and not with a discovery document.`, remedy)
  }
  if (document.data.issuer !== issuer) {
    const remedy =
      'Set the same ISSUER here and where the server runs: apps refuse tokens of an issuer that calls itself otherwise.'
    return problem('issuer', `${issuer} calls itself ${JSON.stringify(document.data.issuer.slice(0, 200))}.`, remedy)
  }
  return ok('issuer', `${issuer} answers, and calls itself by the same name (${Math.round(performance.now() - begun)} ms).`)
}

function explain(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer within 5 seconds'
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === 'ECONNREFUSED') return 'nothing listens there'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the DNS has no address for it'
  if (/CERT|TLS|SSL|SIGNED|ISSUER/.test(code)) return `its certificate is not trusted (${code})`
  return code === '' ? 'the connection failed' : `the connection failed (${code})`
}
