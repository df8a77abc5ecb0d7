import Bowser from 'bowser'
import { LRUCache } from 'lru-cache'
import { newId } from '../kernel/ids.ts'
import { addressBlock, findClientAddress } from './client-address.ts'
import type { Middleware } from './context.ts'
import { keepChosenLocale, negotiateLocale } from './locale.ts'

const maximumUserAgentLength = 512

/** First in the chain: works out who asks, so that everything after it speaks of the same request. */
export function establishRequestFacts(options: { trustedProxies: number; issuer: string }): Middleware {
  const issuer = new URL(options.issuer)
  const describe = createDeviceNamer()
  return function establishFacts(ctx, next) {
    // Browsers keep Secure cookies over http on loopback, the one place where an issuer may be http.
    ctx.cookies.secure = true
    const userAgent = ctx.get('user-agent').slice(0, maximumUserAgentLength)
    const ip = findClientAddress(ctx.req.socket.remoteAddress ?? '', ctx.get('x-forwarded-for'), options.trustedProxies)
    keepChosenLocale(ctx)
    ctx.state.facts = {
      id: newId(),
      ip,
      addressBlock: addressBlock(ip),
      userAgent,
      device: describe(userAgent),
      locale: negotiateLocale(ctx),
    }
    // Whatever stands before us, the issuer says under which scheme and host we are reached; a header never does.
    delete ctx.req.headers['x-forwarded-for']
    ctx.req.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1)
    ctx.req.headers['x-forwarded-host'] = issuer.host
    ctx.set('X-Request-Id', ctx.state.facts.id)
    return next()
  }
}

/** "Firefox on Linux". The parser costs more than the rest of a request's facts, and few user agents make most requests. */
function createDeviceNamer(): (userAgent: string) => string {
  const known = new LRUCache<string, string>({ max: 1000 })
  return userAgent => {
    const found = known.get(userAgent)
    if (found !== undefined) return found
    const device = describeDevice(userAgent)
    known.set(userAgent, device)
    return device
  }
}

function describeDevice(userAgent: string): string {
  if (userAgent === '') return ''
  const { browser, os } = Bowser.parse(userAgent)
  return [browser.name, os.name].filter(part => part !== undefined && part !== '').join(' · ')
}
