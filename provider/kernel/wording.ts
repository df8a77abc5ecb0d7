/** What was given, for a message: in quotes, on one line, of bounded length, without control characters or credentials in an address. */
export function show(value: string): string {
  // credentials go before the length is cut, or half a password would stay
  const open = value.replace(/\/\/\S*@/g, '//…@')
  const bounded = open.length > 100 ? `${open.slice(0, 100)}…` : open
  return JSON.stringify(bounded).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?')
}

/** A name as somebody wrote it, fit to stand in a message. */
export function showName(name: string): string {
  return show(name).slice(1, -1)
}
