/** What a challenge is good for, and what is no answer to one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ada, type PasskeyStage, stagePasskeys } from '../support/passkey-stage.ts'

let stage: PasskeyStage
beforeEach(() => {
  stage = stagePasskeys()
})
afterEach(() => stage.store.close())

describe('a challenge', () => {
  it('is used once, also where its answer was wrong', async () => {
    const options = await stage.passkeys.beginRegistration({ ceremony: 'session', user: ada, existing: [] })
    const wrong = stage.authenticator.create(options, { origin: 'https://evil.example' })
    const right = stage.authenticator.create(options)
    expect(await stage.passkeys.finishRegistration({ ceremony: 'session', response: wrong })).toMatchObject({
      reason: 'wrong-origin',
    })
    expect(await stage.passkeys.finishRegistration({ ceremony: 'session', response: right })).toMatchObject({ reason: 'expired' })
  })

  it('proves once, of many answers at a time', async () => {
    await stage.register()
    const options = await stage.passkeys.beginAuthentication({ ceremony: 'attempt', userVerification: 'required' })
    const response = stage.authenticator.get(options)
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, () => stage.passkeys.finishAuthentication({ ceremony: 'attempt', response, find: stage.find })),
    )
    expect(verdicts.filter(({ kind }) => kind === 'proved')).toHaveLength(1)
  })

  it('is good for five minutes', async () => {
    const options = await stage.passkeys.beginRegistration({ ceremony: 'session', user: ada, existing: [] })
    stage.now = new Date(stage.now.getTime() + 299_999)
    expect(
      await stage.passkeys.finishRegistration({ ceremony: 'session', response: stage.authenticator.create(options) }),
    ).toMatchObject({
      kind: 'registered',
    })
    const later = await stage.passkeys.beginRegistration({ ceremony: 'session', user: ada, existing: [] })
    stage.now = new Date(stage.now.getTime() + 300_000)
    expect(
      await stage.passkeys.finishRegistration({ ceremony: 'session', response: stage.authenticator.create(later) }),
    ).toMatchObject({
      reason: 'expired',
    })
  })

  it('fits no other attempt, and no other kind of ceremony', async () => {
    await stage.register()
    const options = await stage.passkeys.beginAuthentication({ ceremony: 'attempt', userVerification: 'required' })
    const response = stage.authenticator.get(options)
    expect(await stage.passkeys.finishAuthentication({ ceremony: 'another', response, find: stage.find })).toMatchObject({
      reason: 'expired',
    })
    const asRegistration = stage.authenticator.create({
      ...(await stage.passkeys.beginRegistration({ ceremony: 'attempt', user: ada, existing: [] })),
      challenge: options.challenge,
    })
    expect(await stage.passkeys.finishRegistration({ ceremony: 'attempt', response: asRegistration })).toMatchObject({
      reason: 'expired',
    })
    expect(await stage.passkeys.finishAuthentication({ ceremony: 'attempt', response, find: stage.find })).toMatchObject({
      kind: 'proved',
    })
  })

  it('lives beside the one of another tab', async () => {
    await stage.register()
    const [first, second] = await Promise.all(
      ['first', 'second'].map(() => stage.passkeys.beginAuthentication({ ceremony: 'attempt', userVerification: 'required' })),
    )
    for (const options of [first, second]) {
      if (options === undefined) throw new Error('two were asked for')
      const response = stage.authenticator.get(options)
      expect(await stage.passkeys.finishAuthentication({ ceremony: 'attempt', response, find: stage.find })).toMatchObject({
        kind: 'proved',
      })
    }
  })

  it('leaves nothing in the store that could be answered', async () => {
    const seen: string[] = []
    const { store } = stage
    const watched = stage.create({
      store: { ...store, put: (...what) => (seen.push(...what.map(String)), store.put(...what)) },
    })
    const options = await watched.beginAuthentication({ ceremony: 'attempt', userVerification: 'required' })
    expect(seen.join(' ')).toContain('passkey-challenge:')
    expect(seen.join(' ')).not.toContain(options.challenge)
  })
})

describe('an answer that is none', () => {
  const good = { id: 'AAAA', rawId: 'AAAA', type: 'public-key' }
  const clientData = Buffer.from('{"type":"webauthn.get","challenge":"AAAA","origin":"https://id.example.com"}')
  const noText = Buffer.concat([clientData.subarray(0, -1), Buffer.from(',"extra":"'), Buffer.from([0xff]), Buffer.from('"}')])
  const response = { clientDataJSON: clientData.toString('base64url'), authenticatorData: 'AAAA', signature: 'AAAA' }

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['an empty text', ''],
    ['no JSON', '{'],
    ['a list', []],
    ['no response', good],
    ['two ids', { ...good, rawId: 'BBBB', response }],
    ['another type', { ...good, type: 'password', response }],
    ['padding', { ...good, id: 'AAAA=', rawId: 'AAAA=', response }],
    ['an id that is too long', { ...good, id: 'A'.repeat(1368), rawId: 'A'.repeat(1368), response }],
    ['an endless signature', { ...good, response: { ...response, signature: 'A'.repeat(8196) } }],
    ['client data that is no JSON', { ...good, response: { ...response, clientDataJSON: 'AAAA' } }],
    ['client data that is no text', { ...good, response: { ...response, clientDataJSON: noText.toString('base64url') } }],
    ['a user handle of 65 bytes', { ...good, response: { ...response, userHandle: 'A'.repeat(87) } }],
  ])('%s is refused', async (_what, given) => {
    expect(await stage.passkeys.finishAuthentication({ ceremony: 'attempt', response: given, find: stage.find })).toMatchObject({
      reason: 'malformed',
    })
    expect(await stage.passkeys.finishRegistration({ ceremony: 'attempt', response: given })).toMatchObject({
      reason: 'malformed',
    })
  })

  it('changes no prototype', async () => {
    const hostile = `{"__proto__":{"polluted":1},"id":"AAAA","rawId":"AAAA","type":"public-key","constructor":{"prototype":{"polluted":1}},
      "response":{"__proto__":{"polluted":1},"clientDataJSON":"${response.clientDataJSON}","authenticatorData":"AAAA","signature":"AAAA"}}`
    expect(await stage.passkeys.finishAuthentication({ ceremony: 'attempt', response: hostile, find: stage.find })).toMatchObject(
      {
        reason: 'expired',
      },
    )
    expect({}).not.toHaveProperty('polluted')
  })
})
