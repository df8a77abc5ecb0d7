/** The header in which the load says at the upstream who is at the door. */
export const personHeader = 'x-bench-person'
