import type { RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createEgress } from '../../adapters/egress/egress.ts'
import { egressTo, listen, stubDns } from '../support/egress-target.ts'

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
            if (!closed && response.write(Buffer.alloc(16_384))) setImmediate(write)
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
