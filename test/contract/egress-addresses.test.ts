import { describe, expect, it } from 'vitest'
import { createAddressCheck } from '../../adapters/egress/address-check.ts'
import { egressTo, stubDns } from '../support/egress-target.ts'

const refused = [
  '127.0.0.1',
  '127.1.2.3',
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '169.254.1.1',
  '169.254.169.254',
  '100.100.100.200',
  '192.0.0.1',
  '192.0.2.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:169.254.169.254',
  '::ffff:0:127.0.0.1',
  '64:ff9b::127.0.0.1',
  '64:ff9b::10.0.0.1',
  '64:ff9b::169.254.169.254',
  '64:ff9b:1::1',
  '2002:7f00:1::',
  '2002:a00:1::1',
  '2001:0:1::1',
  'fe80::1',
  'fec0::1',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  '100::1',
  '2001:db8::1',
  '5f00::1',
]

describe('what somebody else configured', () => {
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
