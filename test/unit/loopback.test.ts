import { describe, expect, it } from 'vitest'
import { isLoopbackHost } from '../../provider/kernel/loopback.ts'

describe('a host that is this very machine', () => {
  it.each(['localhost', 'id.localhost', '127.0.0.1', '127.254.1.9', '[::1]'])('is %s', host => {
    expect(isLoopbackHost(host)).toBe(true)
  })

  it.each(['127.mail.example.com', '127.0.0.1.example.com', '127.1', 'localhost.example.com', 'notlocalhost', '[::2]', ''])(
    'is not %s',
    host => {
      expect(isLoopbackHost(host)).toBe(false)
    },
  )
})
