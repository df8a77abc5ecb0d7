/**
 * The people of a generated volume. What a client needs to know of somebody follows from their number alone, so that whoever writes
 * the rows and whoever sends the requests need not tell each other.
 */
import { hash } from 'node:crypto'
import { v7 } from 'uuid'
import { webApps } from '../apps.ts'

export interface VolumeSize {
  workspaces: number
  users: number
  events: number
}

export interface VolumePerson {
  userId: string
  address: string
  clientId: string
  /** The name of the browser that they used before. */
  browser: string
  refreshToken: string
}

/** Identifiers are in the order in which people came, as the product's are: seconds apart. */
const firstMoment = Date.UTC(2026, 0, 1)
const apartMilliseconds = 15_000

const bytesOf = (what: string, index: number) => hash('sha256', `volume ${what} ${index}`, 'buffer')

function idOf(what: string, index: number): string {
  return v7({ msecs: firstMoment + index * apartMilliseconds, random: bytesOf(what, index).subarray(0, 16) })
}

export function personOf(index: number): VolumePerson {
  const family = bytesOf('refresh family', index).subarray(0, 16)
  return {
    userId: idOf('user', index),
    address: `volume-${index}@bench.example`,
    clientId: webApps[index % webApps.length]?.client_id ?? '',
    browser: bytesOf('browser', index).toString('base64url'),
    refreshToken: Buffer.concat([family, bytesOf('refresh secret', index)]).toString('base64url'),
  }
}

export function workspaceIdOf(index: number): string {
  return idOf('workspace', index)
}

/** The numbers of a workspace's members: everybody is in one, and the workspaces are of one size. */
export function membersOf(workspace: number, { users, workspaces }: VolumeSize): { from: number; to: number } {
  return { from: Math.floor((workspace * users) / workspaces), to: Math.floor(((workspace + 1) * users) / workspaces) }
}

/** Numbers below `count`, none of them twice before all of them were there, and neighbours far apart. */
export function* scatter(count: number): Generator<number, never> {
  const step = coprimeTo(count, Math.floor(count * 0.618))
  for (let index = 0; ; index = (index + step) % count) yield index
}

function coprimeTo(count: number, from: number): number {
  let step = Math.max(1, from)
  while (greatestDivisor(step, count) !== 1) step += 1
  return step
}

function greatestDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestDivisor(other, one % other)
}
