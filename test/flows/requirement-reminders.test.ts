/** Members who would be stopped by what their workspace will require are told a week and a day before, once each, by any number of nodes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withoutRequest } from '../../provider/audit/record.ts'
import { newId } from '../../provider/kernel/ids.ts'
import type { Data } from '../../provider/ports/data.ts'
import type { MailMessage } from '../../provider/ports/mailer.ts'
import type { WorkspaceRequirement } from '../../provider/ports/workspace-records.ts'
import { startReminding } from '../../provider/reminding.ts'
import { createRequirementReminders, type ReminderOptions } from '../../provider/workspaces/requirement-reminders.ts'
import { speak } from '../../views/messages.ts'
import { formatDay } from '../../views/times.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { aPasskey, asSystem, asWorkspace, aTotpDevice } from '../support/records.ts'
import { newAddress } from '../support/sign-in.ts'
import { openWorkspace, requireOfMembers, suspend } from '../support/workspaces.ts'

const mode = { kind: 'system', reason: 'job' } as const
const day = 86_400

describe.each(['embedded', 'postgres'] as const)('members who lack what will be required, on %s', on => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [], on })
  })
  afterAll(() => latchkey?.stop())

  const dataOf = (): Data => latchkey.adapters.data
  const inDays = (days: number) => new Date(latchkey.clock.now().getTime() + days * day * 1000)

  const createReminders = (options: Partial<ReminderOptions> = {}) =>
    createRequirementReminders({
      issuer: latchkey.issuer,
      installationName: 'Latchkey',
      mayBeSent: async () => true,
      membersAtOnce: 2,
      ...options,
    })

  async function join(workspaceId: string, locale = 'en'): Promise<{ id: string; address: string }> {
    const [id, address] = [newId(), newAddress()]
    await dataOf().scoped(asSystem, async ({ users, workspaces }) => {
      await users.create({ id, address, locale, createdAt: latchkey.clock.now() })
      await workspaces.addMember({ workspaceId, userId: id, roles: ['viewer'], createdAt: latchkey.clock.now() })
    })
    return { id, address }
  }

  const enrolCodes = (userId: string) => dataOf().scoped(asSystem, ({ totpDevices }) => totpDevices.create(aTotpDevice(userId)))

  /** A workspace that will require this, with so many members who have enrolled nothing. */
  async function openRequiring(requirement: Partial<WorkspaceRequirement>, members: number) {
    const workspace = await openWorkspace(latchkey, `Company ${newId()}`)
    const people: Array<{ id: string; address: string }> = []
    for (let count = 0; count < members; count += 1) people.push(await join(workspace.id))
    await requireOfMembers(latchkey, workspace.id, requirement)
    return { ...workspace, people }
  }

  /** Two nodes work at once, until nothing is due any more. */
  async function remind(options: Partial<ReminderOptions> = {}, data = dataOf()): Promise<void> {
    const reminders = createReminders(options)
    const { telemetry } = latchkey.adapters
    const start = () => startReminding({ data, clock: latchkey.clock.now, telemetry, reminders, intervalMilliseconds: 1 })
    const nodes = [start(), start()]
    const listDue = () => dataOf().read(mode, repositories => reminders.listDue(repositories, latchkey.clock.now()))
    await expect.poll(listDue, { timeout: 30_000 }).toEqual([])
    await Promise.all(nodes.map(node => node.stop()))
  }

  /** What was sent to an address, once as many have arrived as are expected and no job is left. */
  async function mailsTo(address: string, expected: number): Promise<MailMessage[]> {
    const { mailbox } = latchkey.adapters
    const list = async () => ((await mailbox?.list()) ?? []).filter(({ to }) => to === address)
    const hasArrived = async () => (await list()).length >= expected
    await expect.poll(hasArrived, { timeout: 15_000 }).toBe(true)
    const found = await Promise.all((await list()).map(async ({ id }) => mailbox?.find(id)))
    return found.flatMap(mail => mail?.message ?? [])
  }

  /** Each of these has had so many mails. One that comes after them all says that there is none on its way. */
  async function expectMails(expected: ReadonlyArray<readonly [{ address: string }, number]>): Promise<void> {
    const last = newAddress()
    const message = { messageId: `${newId()}@localhost`, to: { name: '', address: last }, language: 'en' as const }
    await dataOf().scoped(mode, ({ jobs }) =>
      jobs.enqueue('mail', {
        message: { ...message, subject: 'The last one', text: 'The last one', html: '<p>The last one</p>' },
      }),
    )
    await mailsTo(last, 1)
    const counts = await Promise.all(expected.map(async ([{ address }, count]) => (await mailsTo(address, count)).length))
    expect(counts).toEqual(expected.map(([, count]) => count))
  }

  const readLog = async (workspaceId: string) => {
    const found = await dataOf().read(asWorkspace(workspaceId), ({ auditEvents }) =>
      auditEvents.searchWorkspace(workspaceId, { action: 'requirement.reminded' }, 100),
    )
    return found.map(({ disclosure }) => {
      const told = disclosure.kind === 'open' ? disclosure.disclosures : {}
      return [told['days']?.value, Number(told['reminded']?.value)] as const
    })
  }

  it('are told a week before and a day before, once, in their language, with the way to set it up', async () => {
    const from = inDays(10)
    const { id, name, people } = await openRequiring({ level: 'any-second-factor', from }, 5)
    const german = await join(id, 'de')
    const ready = await join(id)
    await enrolCodes(ready.id)
    await remind()
    await expectMails([...people, german, ready].map(person => [person, 0]))

    latchkey.clock.advance(4 * day)
    await remind()
    await remind()
    await expectMails([...[...people, german].map(person => [person, 1] as const), [ready, 0]])
    const [mail] = await mailsTo(german.address, 1)
    const { say } = speak('de')
    expect(mail?.subject).toBe(say('mail.requirement.subject', { workspace: name, date: formatDay('de', from) }))
    expect(mail?.text).toContain(`${latchkey.issuer}/account/ways-in`)
    expect(mail?.to).toEqual({ name: '', address: german.address })
    const log = await readLog(id)
    expect([log.every(([days]) => days === '7'), log.reduce((sum, [, count]) => sum + count, 0)]).toEqual([true, 6])

    // Who has enrolled something meanwhile is left alone.
    await enrolCodes(german.id)
    latchkey.clock.advance(5.5 * day)
    await remind()
    latchkey.clock.advance(2 * day)
    await remind()
    await expectMails([...people.map(person => [person, 2] as const), [german, 1], [ready, 0]])
    expect((await readLog(id)).reduce((sum, [, count]) => sum + count, 0)).toBe(11)
  })

  it('are told once of a date that is near already, and not when it was to be at once', async () => {
    const tomorrow = await openRequiring({ level: 'any-second-factor', from: inDays(0.5) }, 1)
    const now = await openRequiring({ level: 'any-second-factor' }, 1)
    await remind()
    await expectMails([...tomorrow.people.map(person => [person, 1] as const), ...now.people.map(person => [person, 0] as const)])
  })

  it('hear nothing of what was withdrawn, moved, or is of a workspace that is closed', async () => {
    const from = inDays(6)
    const withdrawn = await openRequiring({ level: 'any-second-factor', from }, 1)
    const moved = await openRequiring({ level: 'any-second-factor', from }, 1)
    const closed = await openRequiring({ level: 'any-second-factor', from }, 1)
    const reminders = createReminders()
    const due = await dataOf().read(mode, repositories => reminders.listDue(repositories, latchkey.clock.now()))
    expect(due).toHaveLength(3)
    // After they were found to be due, and before their members are reached.
    await requireOfMembers(latchkey, withdrawn.id, { level: 'none' })
    await requireOfMembers(latchkey, moved.id, { level: 'any-second-factor', from: inDays(20) })
    await suspend(latchkey, closed.id)
    const circumstances = withoutRequest({ kind: 'system', reason: 'job' }, latchkey.clock.now)
    for (const each of due) await dataOf().scoped(mode, repositories => reminders.remindNext(repositories, each, circumstances))
    await remind()
    await expectMails([...withdrawn.people, ...moved.people, ...closed.people].map(person => [person, 0]))

    // The date moves back: it is told, and once, however often it moves.
    for (let time = 0; time < 2; time += 1) {
      await requireOfMembers(latchkey, moved.id, { level: 'any-second-factor', from })
      await remind()
      await requireOfMembers(latchkey, moved.id, { level: 'any-second-factor', from: inDays(20) })
      await remind()
    }
    await expectMails(moved.people.map(person => [person, 1]))
  })

  it('get one mail each though a node dies between two batches, with a batch done and not committed', async () => {
    const { id, people } = await openRequiring({ level: 'any-second-factor', from: inDays(6) }, 5)
    let batches = 0
    const dying: Data = {
      ...dataOf(),
      scoped: (scope, work) =>
        dataOf().scoped(scope, async repositories => {
          const result = await work(repositories)
          batches += 1
          if (batches === 2) throw new Error('the node died')
          return result
        }),
      read: (scope, work) => dataOf().read(scope, work),
    }
    await remind({}, dying)
    expect(batches).toBeGreaterThan(3)
    await expectMails(people.map(person => [person, 1]))
    expect((await readLog(id)).reduce((sum, [, count]) => sum + count, 0)).toBe(5)
  })

  it('are those whom a passkey of their own, or of an accepted model, does not save', async () => {
    const model = 'cb69481e-8ff7-4039-93ec-0a2729a154a8'
    const from = inDays(6)
    const phishing = await openRequiring({ level: 'phishing-resistant', from }, 2)
    const accepting = await openRequiring({ level: 'phishing-resistant', from, authenticators: [model] }, 3)
    const [withCodes, withPasskey] = phishing.people
    const [ofOther, unattested, ofModel] = accepting.people
    await enrolCodes(withCodes?.id ?? '')
    await dataOf().scoped(asSystem, async ({ passkeys }) => {
      await passkeys.create(aPasskey(withPasskey?.id ?? ''))
      await passkeys.create(aPasskey(ofOther?.id ?? '', { attested: true }))
      await passkeys.create(aPasskey(unattested?.id ?? '', { aaguid: model }))
      await passkeys.create(aPasskey(ofModel?.id ?? '', { attested: true, aaguid: model }))
    })
    await remind()
    const all = [...phishing.people, ...accepting.people]
    await expectMails(all.map((person, index) => [person, [1, 0, 1, 1, 0][index] ?? 0]))
  })

  it('get no more of such mails than anybody can read, and nobody waits for them', async () => {
    const { people } = await openRequiring({ level: 'any-second-factor', from: inDays(6) }, 3)
    const [flooded] = people
    await remind({ mayBeSent: async userId => userId !== flooded?.id })
    await expectMails(people.map((person, index) => [person, index === 0 ? 0 : 1]))
  })
})
