/** The pass that an Admin gives to whom they have reset the ways to sign in of. */
export const accessPass = {
  'other-way.access-pass': 'Use a temporary pass',
  'access-pass-step.heading': 'Type your temporary pass',
  'access-pass-step.lead':
    'An Admin of your workspace has reset your other ways to sign in, and has a pass for you. It works once, for a short time.',
  'access-pass-step.label': 'Temporary pass',
  'access-pass-step.hint': 'Sixteen letters and digits, in capitals or not, with or without hyphens.',
  'access-pass-step.missing': 'Type the pass that your Admin gave you.',
  'access-pass-step.wrong': 'This isn’t the pass that was made for you last.',
  'access-pass-over.heading': 'Your temporary pass no longer works',
  'access-pass-over.lead': 'It was used, or its time is over. Ask an Admin of your workspace for a new one.',
  'access-pass-used.heading': 'Your temporary pass is used up',
  'access-pass-used.lead':
    'Set up a passkey or an authenticator app now: it takes a minute. Without one you will need a new pass the next time.',
  'error.access-pass-form.title': 'This isn’t a temporary pass',
  'error.access-pass-form.happened': 'A temporary pass has sixteen letters and digits.',
  'error.access-pass-form.next': 'Compare it with what you were given, and type it once more.',
  'error.access-pass-over.title': 'This pass no longer works',
  'error.access-pass-over.happened': 'The temporary pass was used, or its time is over.',
  'error.access-pass-over.next': 'Ask an Admin of your workspace for a new one.',
  'error.member-elsewhere.title': 'They belong to other workspaces too',
  'error.member-elsewhere.happened':
    'What somebody signs in with protects all of their workspaces, so the Admins of one can’t reset it while they are a member of another.',
  'error.member-elsewhere.next': 'Nothing was changed. They can use a recovery code, or leave the other workspaces first.',
  'account.activity.factors.reset': 'Ways to sign in reset by an Admin',
  'account.activity.access-pass.used': 'Temporary pass used',
  'mail.notice.factors-reset': 'Your ways to sign in were reset',
  'mail.notice.factors-reset-next':
    'An Admin of {workspace} did this. Your passkeys, authenticator apps and recovery codes no longer work, and you are signed out everywhere. To sign in you need the temporary pass that the Admin has for you; it works once, for a short time.',
  'mail.notice.factors-reset-not-you':
    'If you know nothing of this, ask the Admin before you use the pass. Once you are in again, you can sign everybody out here:',
  'mail.notice.access-pass-made': 'You reset a member’s ways to sign in',
  'mail.notice.fact.workspace': 'Workspace',
  'mail.notice.fact.member': 'Member',
} as const
