/** How many letters must be changed, added, left out or swapped with their neighbour (optimal string alignment). */
function spellingDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1]
      const steps = [(previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (previous[column - 1] ?? 0) + (same ? 0 : 1)]
      if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) steps.push((beforePrevious[column - 2] ?? 0) + 1)
      current.push(Math.min(...steps))
    }
    beforePrevious = previous
    previous = current
  }
  return previous[b.length] ?? 0
}

/** Of the known names, the one with the fewest mistakes to `written`, and at most two. Capitals and small letters are the same. */
export function findNearestName(written: string, names: readonly string[]): string | undefined {
  const folded = written.toUpperCase()
  const distances = names.map(name => ({ name, distance: spellingDistance(folded, name.toUpperCase()) }))
  return distances.filter(({ distance }) => distance <= 2).toSorted((a, b) => a.distance - b.distance)[0]?.name
}

/**
 * The same where most names belong to others, and one of theirs must not be taken for one of ours: people rarely miss the first
 * letter (CMS_URL is nobody's KMS_URL), and a short name is near to too much, so in short ones only swapped letters count.
 */
export function findMisspeltName(written: string, names: readonly string[]): string | undefined {
  const folded = written.toUpperCase()
  const candidates = names.filter(name => {
    if (folded[0] !== name[0]) return false
    if (name.length < 6) return sortLetters(folded) === sortLetters(name)
    const mistakes = name.length < 12 ? 1 : 2
    return Math.abs(folded.length - name.length) <= mistakes && spellingDistance(folded, name) <= mistakes
  })
  return findNearestName(folded, candidates)
}

function sortLetters(name: string): string {
  return name.split('').toSorted().join('')
}
