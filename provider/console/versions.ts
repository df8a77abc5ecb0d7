import { AppError } from '../kernel/errors.ts'

/** The version of what was seen when a form was made: what is sent without one was made by nobody here. */
export function readVersion(form: Readonly<Record<string, string>>): number {
  const text = form['version'] ?? ''
  if (!/^\d{1,9}$/.test(text)) throw new AppError('bad-request', { detail: 'The form says no version.' })
  return Number(text)
}

/** Whether somebody else was faster: whoever sent the form is then shown what is there now. */
export async function wasFaster(change: Promise<unknown>): Promise<boolean> {
  try {
    await change
    return false
  } catch (error) {
    if (error instanceof AppError && error.code === 'version-stale') return true
    throw error
  }
}
