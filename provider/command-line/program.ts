import { Command, InvalidArgumentError, Option } from 'commander'
import type { AppRequest } from './app-create.ts'
import { addAuditCommands } from './audit-grammar.ts'
import type { RotationRequest } from './data-keys.ts'
import type { ExitCode, Surroundings } from './surroundings.ts'
import { addWorkspaceCommands } from './workspace-grammar.ts'

/**
 * The grammar of the command line. Each command's code is loaded when it is called, so that `--help` and a typing error do not
 * wait for a database.
 */
export function createProgram(surroundings: Surroundings, exitWith: (code: ExitCode) => void): Command {
  const program = new Command('latchkey')
    .description('Latchkey, a passwordless OpenID provider. Settings come from the environment, as README.md lists them.')
    .helpCommand(false)
    .showHelpAfterError('Add --help to see what there is.')
    .configureOutput({
      writeOut: text => surroundings.print(text.trimEnd()),
      writeErr: text => surroundings.complain(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, '').replace(/^./, first => first.toUpperCase())),
    })
    .exitOverride()
    .addHelpText(
      'after',
      '\nExit code 0: done. 1: it could not be done, or there is a problem. 2: the command was not understood.',
    )

  program
    .command('serve')
    .description('serve sign-in pages and the OpenID Connect endpoints')
    .action(async () => (await import('./serve.ts')).serve(surroundings))

  program
    .command('migrate')
    .description('bring the database to the state that this version needs; a start does the same')
    .action(async () => exitWith(await (await import('./migrate.ts')).migrateDatabase(surroundings)))

  program
    .command('doctor')
    .description('check the installation, and say what to do about what is found')
    .addOption(jsonOption())
    .action(async (options: { json?: boolean }) => exitWith(await (await import('./doctor.ts')).examine(surroundings, options)))

  addKeysCommands(
    program
      .command('keys')
      .helpCommand(false)
      .description('the keys: those that tokens are signed with, and those that data is sealed with'),
    surroundings,
    exitWith,
  )
  addAppCommands(
    program.command('app').helpCommand(false).description('the apps (OIDC clients) of the installation'),
    surroundings,
    exitWith,
  )
  addWorkspaceCommands(
    program.command('workspace').helpCommand(false).description('the workspaces (tenants) of the installation'),
    surroundings,
    exitWith,
  )
  addAuditCommands(program.command('audit').helpCommand(false).description('the audit log'), surroundings, exitWith)
  return program
}

function addKeysCommands(keys: Command, surroundings: Surroundings, exitWith: (code: ExitCode) => void): void {
  keys
    .command('list')
    .description('the signing keys and what each is for')
    .addOption(jsonOption())
    .action(async (options: { json?: boolean }) => exitWith(await (await import('./keys.ts')).listKeys(surroundings, options)))

  keys
    .command('rotate')
    .description('publish a new key now, and sign with it once everybody has had time to fetch it')
    .option('--now', 'for a key that was stolen: sign with the new one at once, and refuse every token that older ones signed')
    .addOption(jsonOption())
    .action(async (options: { json?: boolean; now?: boolean }) =>
      exitWith(await (await import('./keys.ts')).rotateKeys(surroundings, options)),
    )

  keys
    .command('rotate-data')
    .description('give people or workspaces new data keys: running servers seal their data again, in the background')
    .option('--user <id>', 'of one person')
    .option('--workspace <slug>', 'of one workspace')
    .option('--all', 'of everybody')
    .option('--status', 'change nothing, and say how far the servers are')
    .addOption(jsonOption())
    .action(async (request: RotationRequest) =>
      exitWith(await (await import('./data-keys.ts')).rotateDataKeys(surroundings, request)),
    )

  keys
    .command('rewrap')
    .description('move every data key under the master key of KMS_URL; may be cut off at any moment, and run again')
    .option('--from <address>', 'the master key that they are under, in the form of KMS_URL (KMS_OTHER_URL)', refuseEmpty)
    .addHelpText(
      'after',
      '\nTo move while serving: run every node with KMS_OTHER_URL set to the new master key; then with KMS_URL set to the new and KMS_OTHER_URL\n' +
        'to the old one; then call this; then take KMS_OTHER_URL away. Without --from and KMS_OTHER_URL it wraps every key anew under KMS_URL,\n' +
        'for a master key that got a new version.',
    )
    .action(async (options: { from?: string }) =>
      exitWith(await (await import('./data-keys.ts')).rewrapDataKeys(surroundings, options)),
    )
}

function addAppCommands(app: Command, surroundings: Surroundings, exitWith: (code: ExitCode) => void): void {
  app
    .command('create')
    .description('register an app, and print its client id and, once, its secret')
    .requiredOption('--name <name>', 'the name that people see when they sign in')
    .addOption(
      new Option('--type <type>', 'where its code runs')
        .choices(['browser', 'server', 'native', 'machine'])
        .makeOptionMandatory(),
    )
    .option('--redirect-uri <uri>', 'where browsers return to after the sign-in; may be repeated', collect)
    .option(
      '--post-logout-redirect-uri <uri>',
      'where browsers return to after signing out; may be repeated (the front page of its redirect URIs)',
      collect,
    )
    .option(
      '--origin <origin>',
      'from where browser code may call; may be repeated (browser: those of its redirect URIs)',
      collect,
    )
    .addOption(
      new Option('--refresh-token-delivery <way>', 'an HttpOnly cookie, or the body of the response (browser: cookie)').choices([
        'cookie',
        'body',
      ]),
    )
    .option('--system', 'manages the whole installation by the API; of the type machine')
    .option('--third-party', 'belongs to somebody else: people are asked for their consent')
    .option('--client-id <id>', 'one of your own choice (made from the name)', refuseEmpty)
    .addOption(jsonOption())
    .action(async (request: AppRequest) => exitWith(await (await import('./app-create.ts')).createApp(surroundings, request)))

  app
    .command('list')
    .description('the registered apps')
    .addOption(jsonOption())
    .action(async (options: { json?: boolean }) => exitWith(await (await import('./apps.ts')).listApps(surroundings, options)))

  app
    .command('remove')
    .argument('<client-id>', 'as "latchkey app list" prints it')
    .description('remove an app: nobody can sign in to it any more')
    .action(async (clientId: string) => exitWith(await (await import('./apps.ts')).removeApp(surroundings, clientId)))
}

function jsonOption(): Option {
  return new Option('--json', 'print JSON, for a script')
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, refuseEmpty(value)]
}

function refuseEmpty(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError('It is empty.')
  return value
}
