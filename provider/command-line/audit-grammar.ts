import { type Command, Option } from 'commander'
import type { ExportRequest } from './audit-export.ts'
import type { VerifyRequest } from './audit-verify.ts'
import type { ExitCode, Surroundings } from './surroundings.ts'

export function addAuditCommands(audit: Command, surroundings: Surroundings, exitWith: (code: ExitCode) => void): void {
  audit
    .command('verify')
    .description(
      'check that nothing of the audit log was changed, deleted, moved or cut off; all of it, unless less is asked for',
    )
    .option('--workspace <slug>', "a workspace's log alone; by its id where it was deleted")
    .addOption(new Option('--installation', 'the log of what concerns no workspace alone').conflicts('workspace'))
    .addOption(
      new Option('--export <file>', 'an export, in either format, without a database').conflicts(['workspace', 'installation']),
    )
    .option(
      '--checkpoints <file>',
      'signed states that were kept elsewhere, a line each: the file of AUDIT_CHECKPOINT_FILE, or log lines',
    )
    .option(
      '--key <file>',
      'the public keys that "latchkey audit key" has printed before: signatures by others count for nothing',
    )
    .action(async (request: VerifyRequest) =>
      exitWith(await (await import('./audit-verify.ts')).verifyAudit(surroundings, request)),
    )

  audit
    .command('export')
    .description("print a workspace's log, or the installation's, with all that it takes to check it elsewhere")
    .option('--workspace <slug>', 'by its id where it was deleted')
    .addOption(new Option('--installation', 'the log of what concerns no workspace').conflicts('workspace'))
    .addOption(new Option('--format <format>', 'lines of JSON, or a table').choices(['ndjson', 'csv']).default('ndjson'))
    .action(async (request: ExportRequest) =>
      exitWith(await (await import('./audit-export.ts')).exportAudit(surroundings, request)),
    )

  audit
    .command('key')
    .description('print the public keys that states of the audit log are signed with, to be kept elsewhere (JWK set)')
    .action(async () => exitWith(await (await import('./audit-export.ts')).printAuditKey(surroundings)))
}
