interface SmtpFailure {
  code: string | undefined
  responseCode: number | undefined
  /** What the server said; it may hold the recipient's address. */
  response: string
  message: string
}

/**
 * True where the server says that there is no such mailbox (RFC 3463 §3.2: 5.1.x). Other refusals, such as 5.7.1 for a relay
 * that does not know us, are put right by an operator: those mails are tried again.
 */
export function isRefusedForGood(error: unknown): boolean {
  const { code, response } = readFailure(error)
  return code === 'EENVELOPE' && /^5\d\d[ -]5\.1\.\d{1,3}\b/.test(response)
}

/** A sentence for an operator: what is wrong with the SMTP server at `host`, and where to look. */
export function explainFailure(error: unknown, host: string): string {
  const { code, responseCode, message } = readFailure(error)
  const server = `SMTP_URL: the mail server ${host}`
  if (message.includes('ECONNREFUSED')) return `${server} refuses connections. Check the host and the port, and that it runs.`
  if (code === 'EDNS' || /ENOTFOUND|EAI_AGAIN/.test(message))
    return `${server} has no address in the DNS. Check the host's spelling.`
  if (code === 'EAUTH' || code === 'ENOAUTH') {
    return `${server} refuses the user name or the password${responseCode === undefined ? '' : ` (${responseCode})`}. Check both; special characters have to be percent-encoded.`
  }
  if (code === 'ETLS' || /certificate|SSL|TLS/i.test(message)) {
    return `${server} offers no TLS that can be trusted. Use smtps:// for TLS from the start and smtp:// for STARTTLS, and check the certificate's name and authority.`
  }
  if (code === 'ETIMEDOUT' || code === 'EABORT')
    return `${server} does not answer in time. Check the port, and that no firewall is between.`
  if (responseCode !== undefined) return `${server} turns us away with status ${responseCode}.`
  return `${server} does not speak SMTP as expected (${code ?? 'unknown failure'}).`
}

function readFailure(error: unknown): SmtpFailure {
  if (!(error instanceof Error)) return { code: undefined, responseCode: undefined, response: '', message: '' }
  const { code, responseCode, response } = error as { code?: unknown; responseCode?: unknown; response?: unknown }
  return {
    code: typeof code === 'string' ? code : undefined,
    responseCode: typeof responseCode === 'number' ? responseCode : undefined,
    response: typeof response === 'string' ? response : '',
    message: error.message,
  }
}
