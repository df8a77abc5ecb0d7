import type { ChildProcess } from 'node:child_process'

/** Asks a child process over its channel, one question at a time, and resolves with its answer. */
export function ask<Value>(child: ChildProcess, request: object, limitMilliseconds = 10 * 60 * 1000): Promise<Value> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      clearTimeout(timer)
      child.off('message', onMessage)
      child.off('exit', onExit)
      finish()
    }
    const onMessage = (message: unknown) => {
      // Our own children send nothing but { value } or { error }.
      const { value, error } = message as { value?: Value; error?: string }
      if (error === undefined) settle(() => resolve(value as Value))
      else settle(() => reject(new Error(error)))
    }
    const onExit = () => settle(() => reject(new Error('the process ended before it answered')))
    const timer = setTimeout(() => settle(() => reject(new Error(`no answer within ${limitMilliseconds} ms`))), limitMilliseconds)
    child.on('message', onMessage)
    child.on('exit', onExit)
    child.send(request)
  })
}
