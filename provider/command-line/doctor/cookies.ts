import type { Settings } from '../../../config/schema.ts'
import { probeCookie } from '../../doctor/probe.ts'
import { type Finding, ok, problem, warning } from './finding.ts'
import type { ProbeResult } from './probe.ts'

/** Whether a `__Host-` cookie (RFC 6265bis §4.1.3.2) can live under this issuer, and passes the proxies in both directions. */
export function checkCookies(settings: Settings, probe: Pick<ProbeResult, 'answer' | 'setCookie'> | undefined): Finding {
  if (probe !== undefined) {
    if (!probe.answer.cookieArrived) {
      return problem(
        'cookies',
        'A cookie that was sent did not arrive.',
        'Let the proxy pass the Cookie header on, and cache nothing under ISSUER.',
      )
    }
    const attributes = (probe.setCookie ?? '').split(';').map(attribute => attribute.trim().toLowerCase())
    if (!probe.setCookie?.startsWith(`${probeCookie}=set`)) {
      return problem(
        'cookies',
        'A cookie that the server set did not come back.',
        'Let the proxy pass the Set-Cookie header on unchanged.',
      )
    }
    const whole = ['secure', 'httponly', 'path=/', 'samesite=lax'].every(attribute => attributes.includes(attribute))
    if (!whole || attributes.some(attribute => attribute.startsWith('domain='))) {
      return problem(
        'cookies',
        'On its way from the server a cookie was changed.',
        'Switch off whatever rewrites cookies in the proxy: Secure, HttpOnly, SameSite=Lax, Path=/ and no Domain have to stay.',
      )
    }
  }
  const url = new URL(settings.issuer)
  if (url.protocol === 'http:' && url.hostname !== 'localhost') {
    const remedy = `Use http://localhost:${url.port || '80'}, for the issuer and for the products: a browser takes the two for different sites.`
    return warning(
      'cookies',
      `Secure cookies over http work at ${url.hostname} in Chromium and Firefox, and do not travel to localhost.`,
      remedy,
    )
  }
  if (url.protocol === 'http:') {
    return ok('cookies', 'Secure cookies over http work at localhost in Chromium and Firefox. Use https for anybody else.')
  }
  return ok('cookies', `Secure __Host- cookies can live under ${settings.issuer}.`)
}
