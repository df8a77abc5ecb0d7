import type { ChainReport } from '../audit/chain-checker.ts'
import { listPublicAuditKeys } from '../audit/audit-key.ts'
import { createCheckpointReader } from '../audit/checkpoint.ts'
import { verifyChain } from '../audit/verify.ts'
import { verifyExport } from '../audit/verify-export.ts'
import { show } from '../kernel/wording.ts'
import { installationChain } from '../ports/audit-chain.ts'
import type { Data } from '../ports/data.ts'
import { findLog, findLogOfChain, installationLog, type Log } from './audit-export.ts'
import { type OutsideCheckpoints, readCheckpoints, readKeys, readLines } from './audit-files.ts'
import { commandMode } from './command-mode.ts'
import type { ExitCode, Surroundings } from './surroundings.ts'
import { withData } from './with-data.ts'

export interface VerifyRequest {
  workspace?: string
  installation?: true
  export?: string
  checkpoints?: string
  key?: string
}

const progressEvery = 100_000

/** Says of each chain whether it is whole, and if not, what is wrong and where. 1 where anything is. */
export async function verifyAudit(surroundings: Surroundings, request: VerifyRequest): Promise<ExitCode> {
  const pinned = request.key === undefined ? undefined : await readKeys(request.key)
  if (request.export !== undefined) return verifyFile(surroundings, { ...request, export: request.export }, pinned)
  return withData(surroundings, async ({ data }) => {
    const readCheckpoint = createCheckpointReader(pinned ?? (await listPublicAuditKeys(data, commandMode)))
    const outside = request.checkpoints === undefined ? undefined : await readCheckpoints(request.checkpoints, readCheckpoint)
    let broken = reportRefused(surroundings, outside)
    const checked = new Set<string>()
    for await (const { chainId, mode } of listLogs(data, request)) {
      checked.add(chainId)
      const name = await nameChain(data, chainId)
      const report = await verifyChain(data, mode, chainId, {
        readCheckpoint,
        outside: outside?.byChain.get(chainId) ?? [],
        onProgress: sayProgress(surroundings, name),
      })
      broken = sayReport(surroundings, name, report) || broken
    }
    const isAll = request.workspace === undefined && request.installation === undefined
    for (const chainId of isAll ? (outside?.byChain.keys() ?? []) : []) {
      if (checked.has(chainId)) continue
      broken = true
      surroundings.print(`The log of the workspace ${chainId}: broken.\n  All of it is gone: there are signed checkpoints of it.`)
    }
    return broken ? 1 : 0
  })
}

async function verifyFile(
  surroundings: Surroundings,
  { export: path, checkpoints }: VerifyRequest & { export: string },
  keys: Awaited<ReturnType<typeof readKeys>> | undefined,
): Promise<ExitCode> {
  let refused = false
  const report = await verifyExport(readLines('--export', path), {
    keys,
    async outside(chainId, readCheckpoint) {
      const outside = checkpoints === undefined ? undefined : await readCheckpoints(checkpoints, readCheckpoint)
      refused = reportRefused(surroundings, outside)
      return [...(outside?.byChain.get(chainId) ?? [])]
    },
    onProgress: checked => {
      if (checked % progressEvery === 0) surroundings.complain(`${checked.toLocaleString('en')} events checked`)
    },
  })
  if (report === undefined) {
    surroundings.complain(`--export: ${show(path)} is not an export of an audit log that this version knows.`)
    return 1
  }
  if (!report.pinned)
    surroundings.complain(
      'The keys that signed the checkpoints came with the file itself. Give the ones that you know the installation by with --key.',
    )
  const name = report.chainId === installationChain ? 'the installation' : `the workspace ${report.chainId}`
  return sayReport(surroundings, name, report) || refused ? 1 : 0
}

async function* listLogs(data: Data, { workspace, installation }: VerifyRequest): AsyncGenerator<Log> {
  if (workspace !== undefined) return yield await findLog(data, workspace)
  yield installationLog
  if (installation) return
  let last: string | undefined
  for (;;) {
    const after = last
    const heads = await data.read(commandMode, ({ auditLog }) => auditLog.listWorkspaceChains(after, 100))
    for (const { chainId } of heads) yield await findLogOfChain(data, chainId)
    last = heads.at(-1)?.chainId
    if (last === undefined) return
  }
}

async function nameChain(data: Data, chainId: string): Promise<string> {
  if (chainId === installationChain) return 'the installation'
  const workspace = await data.read(commandMode, ({ workspaces }) => workspaces.findById(chainId))
  return `the workspace ${workspace?.slug ?? chainId}`
}

function sayProgress({ complain }: Surroundings, name: string): (checked: number, all: number) => void {
  let said = 0
  return (checked, all) => {
    if (checked - said < progressEvery) return
    said = checked
    complain(`The log of ${name}: ${checked.toLocaleString('en')} of ${all.toLocaleString('en')} events checked`)
  }
}

function reportRefused({ print }: Surroundings, outside: OutsideCheckpoints | undefined): boolean {
  if (outside === undefined || outside.refused === 0) return false
  print(`Checkpoints in the file that this installation did not sign: ${outside.refused}.`)
  return true
}

/** Answers whether it is broken. */
function sayReport({ print }: Surroundings, name: string, report: ChainReport & { unsealed: number; after?: number }): boolean {
  const { after = 0, events, readable, emptied, erased, unsealed, problems, findings, covered } = report
  const broken = problems > 0
  const lines = [
    `The log of ${name}: ${broken ? 'broken' : 'whole'}. ${count(events, 'event')} checked, ${readable} of them readable.`,
  ]
  if (after > 0) lines.push(`  It begins behind position ${after}.`)
  if (emptied > 0) lines.push(`  Emptied because they were kept long enough: ${emptied}.`)
  if (erased > 0) lines.push(`  No longer readable because somebody's data was erased: ${erased}.`)
  if (unsealed > 0) lines.push(`  Not sealed yet: ${unsealed}. A running server does that within a second.`)
  for (const { position, message } of findings)
    lines.push(position === undefined ? `  ${message}` : `  At position ${position}: ${message}`)
  if (problems > findings.length) lines.push(`  And ${problems - findings.length} more.`)
  if (covered)
    lines.push(`  It agrees with the checkpoint signed at ${covered.at.toISOString()}, up to position ${covered.position}.`)
  else if (events > 0) lines.push('  No signed checkpoint covers it.')
  print(lines.join('\n'))
  return broken
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
}
