import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { LookupFunction } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createAddressCheck } from '../../adapters/egress/address-check.ts'
import { createEgress, type EgressOptions } from '../../adapters/egress/egress.ts'

let certificate: { key: string; cert: string }
const open: Server[] = []

beforeAll(() => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-certificate-'))
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  const subject = ['-subj', '/CN=app.test', '-addext', 'subjectAltName=DNS:app.test,DNS:other.test']
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert, ...subject],
    {
      stdio: 'pipe',
    },
  )
  certificate = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  rmSync(directory, { recursive: true })
})

afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

interface Listening {
  port: number
  requests: Array<{ method: string | undefined; url: string | undefined; type: string | undefined; body: string }>
}

async function listen(options: { address?: string; secure?: boolean; answer?: RequestListener } = {}): Promise<Listening> {
  const requests: Listening['requests'] = []
  const answer: RequestListener = (request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      requests.push({ method: request.method, url: request.url, type: request.headers['content-type'], body })
      if (options.answer) options.answer(request, response)
      else response.setHeader('content-type', 'application/json').end('{"hello":"world"}')
    })
  }
  const server = options.secure === false ? createHttpServer(answer) : createHttpsServer(certificate, answer)
  server.on('clientError', (_error, socket) => socket.destroy())
  server.listen(0, options.address ?? '127.0.0.1')
  open.push(server)
  await once(server, 'listening')
  const address = server.address()
  return { port: typeof address === 'object' && address ? address.port : expect.fail('no port'), requests }
}

/** A DNS that answers each question with the next of these lists, and the last one for ever. */
function stubDns(...answers: string[][]): LookupFunction & { asked: number } {
  const lookup = Object.assign(
    ((_name, _options, callback) => {
      const addresses = answers[Math.min(lookup.asked, answers.length - 1)] ?? []
      lookup.asked += 1
      process.nextTick(
        callback,
        null,
        addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
    }) as LookupFunction,
    { asked: 0 },
  )
  return lookup
}

function egressTo(lookup: LookupFunction, more: Partial<EgressOptions> = {}) {
  return createEgress({
    allowedPrivateRanges: ['127.0.0.2/32'],
    allowLoopbackHttp: false,
    lookup,
    certificates: { ca: certificate.cert },
    timeLimitMilliseconds: 400,
    ...more,
  })
}

const refused = [
  ...['127.0.0.1', '127.1.2.3', '0.0.0.0', '0.1.2.3', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1'],
  ...[
    '169.254.1.1',
    '169.254.169.254',
    '100.100.100.200',
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
  ],
  ...['::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '::ffff:0:127.0.0.1'],
  ...[
    '64:ff9b::127.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::169.254.169.254',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2002:a00:1::1',
    '2001:0:1::1',
  ],
  ...['fe80::1', 'fec0::1', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '100::1', '2001:db8::1', '5f00::1'],
]

describe('what somebody else configured', () => {
  it('is called over https, at the name that the certificate is for', async () => {
    const server = await listen()
    const answer = await egressTo(stubDns(['127.0.0.2'])).fetch(
      `https://app.test:${(await listen({ address: '127.0.0.2' })).port}/keys?a=b`,
    )
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(await answer.json()).toEqual({ hello: 'world' })
    expect(server.requests).toEqual([])
  })

  it('receives method, headers and body', async () => {
    const server = await listen({ address: '127.0.0.2', answer: (_request, response) => response.writeHead(204).end() })
    const answer = await egressTo(stubDns(['127.0.0.2'])).fetch(`https://app.test:${server.port}/logout`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: 'a.b.c' }),
    })
    expect(answer.status).toBe(204)
    expect(server.requests).toEqual([
      { method: 'POST', url: '/logout', type: 'application/x-www-form-urlencoded;charset=UTF-8', body: 'logout_token=a.b.c' },
    ])
  })

  it('is not called where the certificate is for another name, or nobody vouches for it', async () => {
    const server = await listen({ address: '127.0.0.2' })
    const lookup = stubDns(['127.0.0.2'])
    await expect(egressTo(lookup).fetch(`https://evil.test:${server.port}/`)).rejects.toMatchObject({ code: 'unavailable' })
    await expect(egressTo(lookup, { certificates: {} }).fetch(`https://app.test:${server.port}/`)).rejects.toMatchObject({
      code: 'unavailable',
    })
    expect(server.requests).toEqual([])
  })

  it.each(refused)('is not called at %s, written in the URL or found in the DNS', async address => {
    const literal = address.includes(':') ? `[${address}]` : address
    await expect(egressTo(stubDns([])).fetch(`https://${literal}/`)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(egressTo(stubDns([address])).fetch('https://app.test/')).rejects.toMatchObject({ code: 'forbidden' })
  })

  it.each([
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://[::ffff:7f00:1]/',
    'https://①②⑦.0.0.1/',
  ])('is not called at %s, which is 127.0.0.1 in disguise', async url => {
    await expect(egressTo(stubDns(['127.0.0.2'])).fetch(url)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it.each([
    'http://app.test/',
    'http://127.0.0.1/',
    'ftp://app.test/',
    'file:///etc/passwd',
    'data:text/plain,x',
    'https://user:password@app.test/',
  ])('is not called as %s', async url => {
    await expect(egressTo(stubDns(['127.0.0.2'])).fetch(url)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('never is a metadata service, not even in a network that is allowed', async () => {
    const egress = egressTo(stubDns(['::ffff:169.254.169.254']), {
      allowedPrivateRanges: ['169.254.0.0/16', 'fd00::/8', '100.64.0.0/10'],
    })
    for (const url of ['https://169.254.169.254/', 'https://[fd00:ec2::254]/', 'https://100.100.100.200/', 'https://app.test/']) {
      await expect(egress.fetch(url)).rejects.toMatchObject({ code: 'forbidden' })
    }
  })

  it('is asked for once: a name that then points elsewhere gains nothing', async () => {
    const allowed = await listen({ address: '127.0.0.2' })
    const lookup = stubDns(['127.0.0.2'], ['127.0.0.1'])
    expect((await egressTo(lookup).fetch(`https://app.test:${allowed.port}/`)).status).toBe(200)
    expect(lookup.asked).toBe(1)
    await expect(egressTo(lookup).fetch(`https://app.test:${allowed.port}/`)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('is called at those of its addresses that are allowed, and at no other', async () => {
    const allowed = await listen({ address: '127.0.0.2' })
    const answer = await egressTo(stubDns(['127.0.0.1', '::1', '127.0.0.2', '10.0.0.1'])).fetch(
      `https://app.test:${allowed.port}/`,
    )
    expect(answer.status).toBe(200)
  })

  it('sends nobody elsewhere: a redirect is an answer', async () => {
    const inside = await listen({ secure: false })
    const server = await listen({
      address: '127.0.0.2',
      answer: (_request, response) => response.writeHead(302, { location: `http://127.0.0.1:${inside.port}/` }).end(),
    })
    const answer = await egressTo(stubDns(['127.0.0.2'])).fetch(`https://app.test:${server.port}/`)
    expect(answer.status).toBe(302)
    expect(inside.requests).toEqual([])
  })

  it.each<[string, RequestListener]>([
    ['never answers', () => {}],
    [
      'answers a byte at a time',
      (_request, response) => {
        const timer = setInterval(() => response.write('.'), 20)
        response.on('close', () => clearInterval(timer))
      },
    ],
    [
      'never ends its headers',
      (_request, response) => {
        const timer = setInterval(() => response.socket?.write('X: y\r\n'), 20)
        response.socket?.write('HTTP/1.1 200 OK\r\n')
        response.on('close', () => clearInterval(timer))
      },
    ],
  ])('is given up in time where it %s', async (_name, answer) => {
    const server = await listen({ address: '127.0.0.2', answer })
    const began = performance.now()
    await expect(egressTo(stubDns(['127.0.0.2'])).fetch(`https://app.test:${server.port}/`)).rejects.toMatchObject({
      code: 'unavailable',
    })
    expect(performance.now() - began).toBeLessThan(1_500)
  })

  it('is given up in time where its name is never resolved', async () => {
    const began = performance.now()
    await expect(egressTo(() => {}).fetch('https://app.test/')).rejects.toMatchObject({ code: 'unavailable' })
    expect(performance.now() - began).toBeLessThan(1_500)
  })

  it('may answer with 256 KiB and not a byte more, and an endless answer is cut off', async () => {
    let closed = false
    const server = await listen({
      address: '127.0.0.2',
      answer: (request, response) => {
        if (request.url === '/endless') {
          response.on('close', () => {
            closed = true
          })
          const write = () => {
            while (!closed && response.write(Buffer.alloc(16_384))) {}
          }
          response.on('drain', write)
          write()
        } else response.end(Buffer.alloc(Number(request.url?.slice(1))))
      },
    })
    const egress = egressTo(stubDns(['127.0.0.2']))
    const whole = await egress.fetch(`https://app.test:${server.port}/${256 * 1024}`)
    expect((await whole.arrayBuffer()).byteLength).toBe(256 * 1024)
    for (const path of [256 * 1024 + 1, 'endless']) {
      await expect(egress.fetch(`https://app.test:${server.port}/${path}`)).rejects.toMatchObject({ code: 'unavailable' })
    }
    await expect.poll(() => closed).toBe(true)
  })

  it('cannot grow by being unpacked', async () => {
    const packed = gzipSync(Buffer.alloc(10_000_000))
    const server = await listen({
      address: '127.0.0.2',
      answer: (_request, response) => response.setHeader('content-encoding', 'gzip').end(packed),
    })
    const answer = await egressTo(stubDns(['127.0.0.2'])).fetch(`https://app.test:${server.port}/`)
    expect((await answer.arrayBuffer()).byteLength).toBe(packed.length)
  })

  it('may answer nonsense', async () => {
    const server = await listen({
      address: '127.0.0.2',
      answer: (_request, response) => response.socket?.end('HTTP/1.1 999 \u0001\r\ncontent-length: 0\r\n\r\n'),
    })
    await expect(egressTo(stubDns(['127.0.0.2'])).fetch(`https://app.test:${server.port}/`)).rejects.toMatchObject({
      code: 'unavailable',
    })
  })

  it('ends when its caller has had enough', async () => {
    const server = await listen({ address: '127.0.0.2', answer: () => {} })
    const began = performance.now()
    await expect(
      egressTo(stubDns(['127.0.0.2']), { timeLimitMilliseconds: 5_000 }).fetch(`https://app.test:${server.port}/`, {
        signal: AbortSignal.timeout(50),
      }),
    ).rejects.toMatchObject({ code: 'unavailable' })
    expect(performance.now() - began).toBeLessThan(1_000)
  })
})

describe('in development', () => {
  const development = { allowedPrivateRanges: [], allowLoopbackHttp: true }

  it('http is for this machine', async () => {
    const server = await listen({ secure: false })
    const answer = await createEgress(development).fetch(`http://127.0.0.1:${server.port}/`)
    expect(await answer.json()).toEqual({ hello: 'world' })
    expect((await createEgress(development).fetch(`http://localhost:${server.port}/`)).status).toBe(200)
  })

  it('and for no other, whatever the name says', async () => {
    for (const address of ['10.0.0.1', '93.184.216.34', '169.254.169.254']) {
      await expect(createEgress({ ...development, lookup: stubDns([address]) }).fetch('http://localhost/')).rejects.toMatchObject(
        {
          code: 'forbidden',
        },
      )
    }
    await expect(createEgress(development).fetch('http://93.184.216.34/')).rejects.toMatchObject({ code: 'forbidden' })
    await expect(createEgress(development).fetch('https://127.0.0.1/')).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('an address', () => {
  it.each([
    '8.8.8.8',
    '2606:4700:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '10.1.2.3',
    '::ffff:10.1.2.3',
    '64:ff9b::10.1.2.3',
    'fd12::1',
  ])('such as %s may be called where 10.1.0.0/16 and fd12::/16 are allowed', address => {
    expect(createAddressCheck(['10.1.0.0/16', 'fd12::/16'])(address)).toBe(true)
  })

  it.each(['10.2.0.1', '::ffff:10.2.0.1', '64:ff9b::10.2.0.1', 'fd13::1', 'localhost', ''])('such as %j may not', address => {
    expect(createAddressCheck(['10.1.0.0/16', 'fd12::/16'])(address)).toBe(false)
  })
})
