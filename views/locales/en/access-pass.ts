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
  'console.member.reset': 'Reset their ways to sign in',
  'console.member.reset-lead': 'For a member who has lost what they sign in with. You get a temporary pass to give to them.',
  'console.confirm.reset-member.heading': 'Reset their ways to sign in?',
  'console.confirm.reset-member.lead':
    'The passkeys, authenticator apps and recovery codes of {subject} no longer work, and they are signed out everywhere. You see a temporary pass once, with which they sign in beside their e-mail and set up new ones. Both of you are told by e-mail.',
  'console.confirm.reset-member.button': 'Reset them',
  'console.pass.heading': 'A temporary pass for them',
  'console.pass.lead':
    'The ways to sign in of {address} are reset. Give this pass to them yourself, after you have made sure that it is really them: by phone, or in person.',
  'console.pass.show': 'Show the pass',
  'console.pass.good': 'Good for',
  'console.pass.lasts': 'One sign-in, within {lasts}',
  'console.pass.for':
    'They begin to sign in by e-mail as usual, are asked for the pass, and then set up a passkey or an authenticator app.',
  'console.pass.once':
    'It is shown only now, and kept nowhere. If it is lost or its time is over, reset their ways to sign in once more.',
  'console.pass.done': 'They have it',
  'console.own-ways.heading': 'Your own are in your account',
  'console.own-ways.lead':
    'What you sign in with yourself you change in your account. If you have lost it, another Admin can reset it for you. Nothing was changed.',
  'console.own-ways.link': 'Open my ways to sign in',
  'console.action.factors.reset': 'Ways to sign in reset',
  'console.action.access-pass.made': 'Temporary pass made',
  'console.action.access-pass.used': 'Temporary pass used',
  'console.action.access-pass.refused': 'Wrong temporary pass typed',
} as const
