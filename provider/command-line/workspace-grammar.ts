import { type Command, Option } from 'commander'
import { locales } from '../../views/page-context.ts'
import type { ExitCode, Surroundings } from './surroundings.ts'
import type { WorkspaceRequest } from './workspace-create.ts'

export function addWorkspaceCommands(workspace: Command, surroundings: Surroundings, exitWith: (code: ExitCode) => void): void {
  workspace
    .command('create')
    .description('found a workspace, and invite its first Admin')
    .requiredOption('--name <name>', 'the name that people see')
    .requiredOption('--admin <address>', 'the e-mail address of its first Admin, who gets an invitation')
    .option('--slug <slug>', 'its short name in tokens and addresses, which stays (made from the name)')
    .addOption(new Option('--language <language>', 'of the invitation').choices([...locales]).default('en'))
    .addOption(jsonOption())
    .action(async (request: WorkspaceRequest) =>
      exitWith(await (await import('./workspace-create.ts')).createWorkspace(surroundings, request)),
    )

  workspace
    .command('list')
    .description('the workspaces')
    .addOption(jsonOption())
    .action(async (options: { json?: boolean }) =>
      exitWith(await (await import('./workspaces.ts')).listWorkspaces(surroundings, options)),
    )

  for (const [name, status, description] of [
    ['suspend', 'suspended', 'close a workspace: nobody signs in for it, and no app refreshes what it has of it'],
    ['resume', 'active', 'open a suspended workspace again'],
  ] as const)
    workspace
      .command(name)
      .argument('<slug>', 'as "latchkey workspace list" prints it')
      .description(description)
      .action(async (slug: string) =>
        exitWith(await (await import('./workspaces.ts')).changeWorkspaceStatus(surroundings, { slug, status })),
      )

  workspace
    .command('plan')
    .argument('<slug>', 'as "latchkey workspace list" prints it')
    .argument('<plan>', 'a plan of the config file, or where it names none free, pro or enterprise')
    .description('set a workspace on a plan, which says what it includes')
    .action(async (slug: string, plan: string) =>
      exitWith(await (await import('./workspaces.ts')).changeWorkspacePlan(surroundings, { slug, plan })),
    )
}

function jsonOption(): Option {
  return new Option('--json', 'print JSON, for a script')
}
