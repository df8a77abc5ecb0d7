import Bowser from 'bowser'
import { LRUCache } from 'lru-cache'
import { newId } from '../kernel/ids.ts'
import { addressBlock, findClientAddress, findClientHop } from './client-address.ts'
import type { Middleware } from './context.ts'
import { keepChosenLocale, negotiateLocale } from './locale.ts'
import { findPlace, type PlaceSources } from './place.ts'

const maximumUserAgentLength = 512

/** First in the chain: works out who asks, so that everything after it speaks of the same request. */
export function establishRequestFacts(options: PlaceSources & { issuer: string }): Middleware {
  const issuer = new URL(options.issuer)
  const scheme = issuer.protocol.slice(0, -1)
  const describe = remember(describeDevice)
  const findAddresses = remember((both: string) => {
    // The connection's own address has no bar in it; what a client claims may have anything.
    const bar = both.indexOf('|')
    const ip = findClientAddress(both.slice(0, bar), both.slice(bar + 1))
    return { ip, addressBlock: addressBlock(ip) }
  })
  return function establishFacts(ctx, next) {
    // Browsers keep Secure cookies over http on loopback, the one place where an issuer may be http.
    ctx.cookies.secure = true
    const userAgent = ctx.get('user-agent').slice(0, maximumUserAgentLength)
    const hop = findClientHop(ctx.get('x-forwarded-for'), options.trustedProxies)
    keepChosenLocale(ctx)
    const addresses = findAddresses(`${ctx.req.socket.remoteAddress ?? ''}|${hop}`)
    ctx.state.facts = {
      id: newId(),
      ...addresses,
      userAgent,
      device: describe(userAgent),
      // Worked out where it is asked for: programs have no language.
      get locale() {
        return negotiateLocale(ctx)
      },
      findPlace: language => findPlace(ctx, addresses.ip, language, options),
    }
    // Whatever stands before us, the issuer says under which scheme and host we are reached; a header never does.
    delete ctx.req.headers['x-forwarded-for']
    ctx.req.headers['x-forwarded-proto'] = scheme
    ctx.req.headers['x-forwarded-host'] = issuer.host
    ctx.set('X-Request-Id', ctx.state.facts.id)
    return next()
  }
}

/** Few user agents and few addresses make most requests, and parsing them costs more than all else about a request's facts. */
function remember<Value extends {}>(parse: (text: string) => Value): (text: string) => Value {
  const known = new LRUCache<string, Value>({ max: 5000 })
  return text => {
    const found = known.get(text)
    if (found !== undefined) return found
    const value = parse(text)
    known.set(text, value)
    return value
  }
}

/** Bowser takes whatever a stranger wrote for the name of a browser that it does not know, and this goes into mails of ours. */
const knownBrowsers = new Set(Object.values(Bowser.BROWSER_MAP))
const knownSystems = new Set(Object.values(Bowser.OS_MAP))

/** "Firefox · Linux", of names that Bowser knows alone. */
export function describeDevice(userAgent: string): string {
  if (userAgent === '') return ''
  const { browser, os } = Bowser.parse(userAgent)
  const browserName = knownBrowsers.has(browser.name ?? '') ? [browser.name] : []
  const systemName = knownSystems.has(os.name ?? '') ? [os.name] : []
  return [...browserName, ...systemName].join(' · ')
}
