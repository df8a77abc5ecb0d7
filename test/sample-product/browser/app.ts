/// <reference lib="dom" />
import { readTokenFacts, renderTokenRows } from './access-token.ts'
import { drawCountdown } from './countdown.ts'
import { find } from './element.ts'
import { forgetSession, recallSession, rememberSession } from './known-session.ts'
import { deleteNotes, MoreNeeded, readNotes, TokenRefused, writeNote } from './notes-panel.ts'
import type { Intent } from './pending-sign-ins.ts'
import { describeProblem, type Problem } from './problem.ts'
import { completeSignIn, refresh, type Session, SignInNotBegunHere, signIn, signOut } from './session.ts'

const refreshAhead = 2 * 60 * 1000
const retryAfter = 15 * 1000

let session: Session | undefined
let lifetime = 0
let nextRefresh = 0
let refreshing = false
const otherTabs = new BroadcastChannel('session')

async function start(): Promise<void> {
  find('issuer-name').textContent = new URL(document.documentElement.dataset['issuer'] ?? '').host
  if (location.pathname !== '/callback') return resume()
  const callback = new URL(location.href)
  history.replaceState(null, '', '/') // the code leaves the address bar before anything else
  let intent: Intent | undefined
  try {
    await enter(
      await completeSignIn(callback, begun => {
        intent = begun
      }),
    )
    if (intent) await completeIntent(intent)
  } catch (error) {
    const problem = describeProblem(error, 'sign-in')
    // Whoever would not prove more is signed in as before.
    if (error instanceof SignInNotBegunHere || (intent && problem.kind === 'denied')) await resume(problem)
    else showProblem(problem)
    if (intent && session) find('api-answer').textContent = 'Nothing was deleted.'
  }
}

/** Does what the person was about to do before they were asked for more proof; for nobody else. */
async function completeIntent({ sub }: Intent): Promise<void> {
  if (session?.person.sub === sub) await callApi(deleteNotes)
  else find('api-answer').textContent = 'Nothing was deleted: somebody else had asked for it.'
}

/** Signs in without asking where the browser has a refresh cookie. `otherwise` is what to say where it has none. */
async function resume(otherwise?: Problem): Promise<void> {
  const known = recallSession()
  show('starting')
  try {
    await enter(await refresh(known ?? {}))
  } catch (error) {
    const problem = describeProblem(error, 'session')
    if (problem.kind !== 'session-ended') showProblem(problem)
    else leave(known ? problem : otherwise)
  }
}

async function enter(opened: Session): Promise<void> {
  adopt(opened)
  show('signed-in')
  await callApi(readNotes)
}

/** Goes on with a new token. */
function adopt(opened: Session): void {
  session = opened
  lifetime = opened.expiresAt - Date.now()
  nextRefresh = opened.expiresAt - refreshAhead
  rememberSession(opened.accessToken)
  const facts = readTokenFacts(opened.accessToken)
  find('person-name').textContent = opened.person.name ?? ''
  find('person-email').textContent = opened.person.email ?? opened.person.sub
  find('workspace').textContent = facts.workspace?.slug ?? 'none'
  find('roles').textContent = facts.roles.join(', ') || 'none'
  find('token-rows').replaceChildren(...renderTokenRows(opened.accessToken))
  tick()
}

/** Drops the tokens. */
function leave(problem?: Problem): void {
  session = undefined
  forgetSession()
  if (problem) showProblem(problem)
  else show('signed-out')
}

function show(view: 'starting' | 'signed-out' | 'signed-in' | 'problem'): void {
  for (const section of document.querySelectorAll<HTMLElement>('[data-view]')) section.hidden = section.id !== view
  find('who').hidden = view !== 'signed-in'
}

function showProblem(problem: Problem): void {
  find('problem-heading').textContent = problem.heading
  find('problem-text').textContent = problem.text
  find('problem-action').textContent = problem.action
  show('problem')
  find('problem-heading').focus()
}

async function refreshNow(): Promise<void> {
  if (refreshing || !session) return
  refreshing = true
  find('session-news').textContent = 'Refreshing…'
  try {
    adopt(await refresh(recallSession() ?? {}))
    find('session-news').textContent = 'Refreshed: this is a new token.'
  } catch (error) {
    const problem = describeProblem(error, 'session')
    nextRefresh = Date.now() + retryAfter
    if (problem.kind === 'session-ended') leave(problem)
    else if (session.expiresAt <= Date.now()) showProblem(problem)
    else find('session-news').textContent = `${problem.heading}. You are still signed in; it will be tried again.`
  } finally {
    refreshing = false
  }
}

function tick(): void {
  if (!session) return
  drawCountdown(session.expiresAt - Date.now(), lifetime)
  if (Date.now() >= nextRefresh) void refreshNow()
}

/** True where the call worked; else the page says why not. */
async function callApi(call: (accessToken: string) => Promise<void>): Promise<boolean> {
  if (!session) return false
  try {
    await call(session.accessToken)
    return true
  } catch (error) {
    if (error instanceof MoreNeeded) {
      find('api-answer').textContent = 'This takes a second step. You will be back here in a moment…'
      await beginSignIn(error.needed, { action: 'delete-notes', sub: session.person.sub })
      return false
    }
    find('api-answer').textContent =
      error instanceof TokenRefused
        ? 'The API answered 401: it does not accept this token. Refresh it, then try again.'
        : 'The API did not answer as it should. Wait a moment, then try again.'
    return false
  }
}

/** Where the API lets it through at once the person is told why nothing was asked of them. */
async function deleteAtOnce(): Promise<void> {
  if (await callApi(deleteNotes))
    find('api-answer').textContent += ' You had shown a second step within the last ten minutes, so none was asked for again.'
}

async function addNote(): Promise<void> {
  const field = find('note-text') as HTMLTextAreaElement // a <textarea> in index.html
  if (await callApi(token => writeNote(token, field.value))) field.value = ''
  field.focus()
}

async function beginSignIn(...options: Parameters<typeof signIn>): Promise<void> {
  await signIn(...options).catch((error: unknown) => showProblem(describeProblem(error, 'sign-in')))
}

async function endSession(): Promise<void> {
  if (!session) return
  const ending = session
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel never leaves its origin
  otherTabs.postMessage('signed-out')
  leave()
  await signOut(ending).catch((error: unknown) => showProblem(describeProblem(error, 'session')))
}

find('sign-in').addEventListener('click', () => void beginSignIn())
find('problem-action').addEventListener('click', event => {
  const again = (event.currentTarget as HTMLElement).textContent === 'Try again' // the listener's own button
  void (again ? resume() : beginSignIn())
})
find('sign-out').addEventListener('click', () => void endSession())
find('refresh').addEventListener('click', () => void refreshNow())
find('call-api').addEventListener('click', () => void callApi(readNotes))
find('delete-notes').addEventListener('click', () => void deleteAtOnce())
find('note-form').addEventListener('submit', event => {
  event.preventDefault()
  void addNote()
})
otherTabs.addEventListener('message', () => leave())
setInterval(tick, 1000)
// A timer sleeps with the device, and a page that comes back by the back button has slept longer still.
document.addEventListener('visibilitychange', tick)
window.addEventListener('pageshow', event => {
  if (event.persisted) location.reload()
})

await start()
