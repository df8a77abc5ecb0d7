import type { SystemFiles } from './access-modes.ts'

/**
 * The files that may look across workspaces, and why no other access mode would do. A new line is a decision: whoever reads it should
 * find that neither `self` nor `workspace` was possible there.
 */
export const systemFiles: readonly SystemFiles[] = [
  {
    reason: 'start',
    why: "the installation's own key, signing keys, the apps of the config file and the set-up link are nobody's, and are there before anybody can ask",
    files: [
      'provider/apps/config-apps.ts',
      'provider/server.ts',
      'provider/workspaces/first-set-up.ts',
      'adapters/sql/installation-keys.ts',
    ],
  },
  {
    reason: 'handed in',
    why: 'signing keys are made at the start, by a job and from the command line: whoever asks says which',
    files: ['provider/keys/rotation.ts'],
  },
  {
    reason: 'sign-in',
    why: 'whoever signs in is nobody yet: attempts, their challenges and the users that addresses lead to have no workspace before a proof',
    files: [
      'callback-routes',
      'completion',
      'enrolling',
      'enrolment-choice',
      'first-page',
      'flow',
      'link-routes',
      'passkey-offer',
      'routes',
      'sign-in-route',
      'step-pages',
      'upstream-steps',
      'usual-method',
    ].map(name => `provider/sign-in/${name}.ts`),
  },
  {
    reason: 'factor-reset',
    why: "a member's factors are theirs alone, and whether they protect other workspaces too, no workspace may see",
    files: ['provider/api/kinds-of-route.ts', 'provider/console/factor-reset.ts'],
  },
  {
    reason: 'sign-in',
    why: 'whether an address is somebody else’s already cannot be seen by the person who wants to add it',
    files: ['provider/account/address-claims.ts'],
  },
  {
    reason: 'protocol',
    why: 'a request of the protocol brings a token, a code or a session, and only what is found by it says whose it is',
    files: [
      'access-tokens',
      'accounts',
      'back-channel-logout',
      'consent',
      'end-sessions',
      'grant-adapter',
      'grants',
      'refresh-tokens',
      'session-adapter',
    ].map(name => `provider/oidc/${name}.ts`),
  },
  {
    reason: 'protocol',
    why: 'a request of the management API brings a token or a key, and only what is found by it says whose it is',
    files: ['provider/api/authentication.ts'],
  },
  {
    reason: 'protocol',
    why: 'whoever has their account deleted is signed out everywhere by the protocol, which tells the apps of all workspaces',
    files: ['provider/account/deleting.ts', 'provider/api/kinds-of-route.ts'],
  },
  {
    reason: 'system-api',
    why: "the apps of the installation's operator look after all workspaces, and belong to none",
    files: ['provider/api/kinds-of-route.ts'],
  },
  {
    reason: 'protocol',
    why: "apps and signing keys are the installation's, and protocol requests of all workspaces share one write of their events",
    files: ['provider/apps/logo.ts', 'provider/apps/registry.ts', 'provider/server.ts', 'provider/audit/group-commit.ts'],
  },
  {
    reason: 'protocol',
    why: 'that a grant was taken away is recorded in the log of its workspace, where its person cannot write',
    files: ['provider/account/apps.ts'],
  },
  {
    reason: 'invitation',
    why: 'whoever is invited is no member yet, and accepting makes them one, which a workspace cannot do by itself',
    files: ['provider/oidc/choose-workspace.ts', 'provider/oidc/workspace-page.ts', 'provider/account/invitations.ts'],
  },
  {
    reason: 'founding',
    why: 'a workspace that is being made has nobody in it yet',
    files: ['provider/oidc/choose-workspace.ts', 'provider/account/first-set-up.ts', 'provider/account/workspaces.ts'],
  },
  {
    reason: 'job',
    why: 'a job and a sweep work through what all workspaces have left, and nobody waits for them',
    files: [
      'provider/audit/retention.ts',
      'provider/jobs.ts',
      'provider/sweeping.ts',
      'provider/reminding.ts',
      'provider/audit/checkpoint.ts',
      'provider/audit/sequencer.ts',
      'provider/keys/data-key-rotation.ts',
      'provider/oidc/back-channel-logout.ts',
      'provider/users/erasure.ts',
      'adapters/sql/jobs.ts',
    ],
  },
  {
    reason: 'command-line',
    why: 'whoever can run the command line has the database and the master key already',
    files: ['provider/command-line/'],
  },
  {
    reason: 'deleted-workspace',
    why: 'nobody else is left whose the log would be, and its key opens for this reason alone',
    files: ['provider/command-line/command-mode.ts', 'provider/command-line/audit-export.ts'],
  },
  {
    reason: 'doctor',
    why: 'it looks at the signing keys, which are the installation’s',
    files: ['provider/command-line/doctor/keys.ts'],
  },
]
