/// <reference lib="dom" />
import { element, find } from './element.ts'
import type { Needed } from './session.ts'

interface Note {
  id: string
  text: string
  writtenAt: string
}

/** The API refused the token, although the page thought it good. */
export class TokenRefused extends Error {}

/** The token is good, and the sign-in behind it is not enough for this (RFC 9470). */
export class MoreNeeded extends Error {
  readonly needed: Needed

  constructor(needed: Needed) {
    super('the API asks for a stronger or a fresher sign-in')
    this.needed = needed
  }
}

/** Reads the notes with the access token, shows them, and says what the API answered. */
export async function readNotes(accessToken: string): Promise<void> {
  const begun = performance.now()
  const response = await callApi(accessToken, { method: 'GET' })
  const { notes = [] } = (await response.json()) as { notes?: Note[] }
  const count = notes.length === 1 ? '1 note' : `${notes.length} notes`
  find('api-answer').textContent =
    `GET /api/notes answered ${response.status}${response.ok ? ` with ${count}` : ''} in ${Math.round(performance.now() - begun)} ms.`
  if (!response.ok) return
  find('notes').replaceChildren(...notes.map(renderNote))
  find('no-notes').hidden = notes.length > 0
  find('delete-notes').hidden = notes.length === 0
}

/** Sends a note, then shows all of them. */
export async function writeNote(accessToken: string, text: string): Promise<void> {
  const response = await callApi(accessToken, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ text }),
  })
  if (!response.ok) throw new Error(`The API answered ${response.status}.`)
  await readNotes(accessToken)
}

/** Deletes all notes, for good. */
export async function deleteNotes(accessToken: string): Promise<void> {
  const response = await callApi(accessToken, { method: 'DELETE' })
  if (!response.ok) throw new Error(`The API answered ${response.status}.`)
  await readNotes(accessToken)
  find('api-answer').textContent = 'All your notes are deleted.'
}

async function callApi(accessToken: string, request: RequestInit): Promise<Response> {
  const headers = new Headers(request.headers)
  headers.set('Authorization', `Bearer ${accessToken}`)
  const response = await fetch('/api/notes', { ...request, headers })
  if (response.status === 401) throw readChallenge(response.headers.get('WWW-Authenticate') ?? '')
  return response
}

function readChallenge(challenge: string): Error {
  const { error, acr_values, max_age } = Object.fromEntries(
    Array.from(challenge.matchAll(/(\w+)="([^"]*)"/g), ([, name = '', value = '']) => [name, value]),
  )
  if (error !== 'insufficient_user_authentication') return new TokenRefused()
  return new MoreNeeded({ ...(acr_values && { acr_values }), ...(max_age && { max_age }) })
}

function renderNote(note: Note): HTMLElement {
  const written = new Date(note.writtenAt)
  const time = element('time', 'meaning', written.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }))
  time.setAttribute('datetime', note.writtenAt)
  return element('li', '', element('p', '', note.text), time)
}
