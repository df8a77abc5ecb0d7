/** Why a file could not be read: the system's own code, and nothing of the content. */
export function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES') return 'permission denied'
  if (code === 'EISDIR') return 'it is a folder'
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : 'it cannot be read'
}
