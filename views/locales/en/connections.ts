/** Google, Microsoft, and what can go wrong with them. */
export const connections = {
  'upstream.continue': 'Continue with {service}',
  'upstream.other-way': 'Use another way',
  'upstream.try-again': 'Try {service} again',
  'upstream.back-to-account': 'Back to your account',
  'upstream-away.heading': 'Sign in with {service}',
  'upstream-away.lead': 'You were on your way to {service}. Go on there, or choose another way to sign in.',
  'prove-address.heading': 'Confirm your e-mail address',
  'prove-address.lead':
    'You have signed in with {service}. To see which account here is yours, we send an e-mail to your address.',
  'prove-address.hint': 'If you have an account here, use its address.',
  'link-account.heading': 'Link your {service} account to {address}?',
  'link-account.lead': 'From then on you can sign in here with {service}. You can end that in your account at any time.',
  'link-account.there': 'At {service} you are {address}.',
  'link-account.not-yours': 'Don’t link an account that others use too: they could sign in as you.',
  'link-account.yes': 'Yes, link it',
  'link-account.no': 'No, go on without',
  'upstream-refused.from-app': 'Go back to the app, and sign in from there.',
  'upstream-refused.consent-refused.heading': 'You didn’t go on at {service}',
  'upstream-refused.consent-refused.happened':
    '{service} tells us that you, or the people who run your account, refused. Nothing was changed.',
  'upstream-refused.upstream-unavailable.heading': '{service} doesn’t answer',
  'upstream-refused.upstream-unavailable.happened':
    'We can’t reach {service} right now. Try again in a moment, or use another way.',
  'upstream-refused.upstream-misconfigured.heading': '{service} can’t be used right now',
  'upstream-refused.upstream-misconfigured.happened':
    'What {service} sends and what is set up here don’t fit together. The people who run this service have to look into it. Another way works meanwhile.',
  'upstream-refused.mix-up.heading': 'This answer doesn’t belong here',
  'upstream-refused.mix-up.happened':
    'An answer from {service} came to this browser that was not asked for here. Nobody was signed in.',
  'upstream-refused.expired.heading': 'That took too long',
  'upstream-refused.expired.happened': 'What {service} sent came too late, or was used before. Try again: it takes a moment.',
  'upstream-refused.clock-off.heading': 'The clocks don’t agree',
  'upstream-refused.clock-off.happened':
    'The clock of {service} and ours are too far apart to trust the answer. The people who run this service have to look into it. Another way works meanwhile.',
  'upstream-refused.keys-unknown.heading': '{service} can’t be verified',
  'upstream-refused.keys-unknown.happened':
    'The answer is signed with a key that {service} doesn’t publish, so we don’t trust it. Try again in a moment, or use another way.',
  'upstream-refused.token-unacceptable.heading': 'We couldn’t rely on the answer',
  'upstream-refused.token-unacceptable.happened':
    'What {service} sent doesn’t show for sure who you are, so nobody was signed in. Use another way.',
  'upstream-refused.sign-in-too-old.heading': 'A fresh sign-in is needed',
  'upstream-refused.sign-in-too-old.happened':
    'The app wants you to sign in anew, and {service} doesn’t show that you have just done so. Use another way.',
  'upstream-refused.account-not-allowed.heading': 'This account can’t be used here',
  'upstream-refused.account-not-allowed.happened':
    'Only accounts of certain organisations may sign in here with {service}, and this isn’t one of them. Use another account, or another way.',
  'upstream-refused.somebody-elses.heading': 'This {service} account is linked already',
  'upstream-refused.somebody-elses.happened': 'It belongs to another account here. Sign in to that one and unlink it first.',

  'account.confirm.link.heading': 'Link an account?',
  'account.confirm.link.lead':
    'You go to {subject}, and choose your account there. From then on you can sign in here with it. Don’t take one that others use too.',
  'account.confirm.link.button': 'Go to the service',
  'account.done.linked': 'The account is linked: you can sign in with it from now on.',
} as const
