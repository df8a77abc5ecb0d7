/** What is told by e-mail of an account, and on the first page of a browser that somebody used before. */
export const notices = {
  'address.once-more': 'You are signed in already. To go on, show once more that it’s you.',
  'address.usual-way': 'Last chosen in this browser: “{way}”.',
  'address.signed-out.ended-here': 'You signed out on {moment}.',
  'address.signed-out.ended-elsewhere': 'You were signed out from another device on {moment}.',
  'address.signed-out.ended-by-notice':
    'All your devices were signed out on {moment}, after an e-mail about something that wasn’t you.',
  'address.signed-out.account-suspended': 'You were signed out on {moment}, because your account was suspended.',
  'address.signed-out.account-deleted':
    'You were signed out on {moment}, because your account is going to be deleted. Until then you can sign in and keep it.',
  'address.signed-out.factor-reset': 'You were signed out on {moment}, because the ways to sign in to your account were reset.',

  'mail.notice.subject': '{installation}: {heading}',
  'mail.notice.account': 'This is about your account with {installation}.',
  'mail.notice.passkey-added': 'A passkey was added',
  'mail.notice.passkey-removed': 'A passkey was removed',
  'mail.notice.passkey-renamed': 'A passkey was renamed',
  'mail.notice.passkey-suspicious': 'A passkey may have been copied',
  'mail.notice.passkey-suspicious-next':
    'It answered in a way that only a copy would, so it wasn’t taken. Sign in another way, remove it in your account, and set up a new one.',
  'mail.notice.authenticator-added': 'An authenticator app was added',
  'mail.notice.authenticator-removed': 'An authenticator app was removed',
  'mail.notice.authenticator-renamed': 'An authenticator app was renamed',
  'mail.notice.recovery-codes-made': 'New recovery codes were made',
  'mail.notice.recovery-code-used': 'A recovery code was used',
  'mail.notice.address-added': 'An e-mail address was added',
  'mail.notice.address-removed': 'An e-mail address was removed',
  'mail.notice.primary-address-changed': 'Another e-mail address is now the primary one',
  'mail.notice.service-linked': 'An account with another service was linked',
  'mail.notice.service-unlinked': 'An account with another service was unlinked',
  'mail.notice.new-device': 'A sign-in from a new device',
  'mail.notice.sessions-ended': 'Devices were signed out',
  'mail.notice.erasure-scheduled': 'Your account will be deleted',
  'mail.notice.erasure-scheduled-next':
    'If this was you, there is nothing to do. If you change your mind, sign in at {url} until that day and press “Keep my account”.',
  'mail.notice.erasure-taken-back': 'Your account will not be deleted',
  'mail.notice.more-happened': 'More changed in your account',
  'mail.notice.more-happened-next':
    'There were many changes within an hour, and you are told of the further ones by this e-mail alone. All of them stand under “Activity” in your account: {url}. If you made them, there is nothing to do.',
  'mail.notice.fact.time': 'Time',
  'mail.notice.fact.place': 'Place',
  'mail.notice.fact.name': 'Name',
  'mail.notice.fact.name-before': 'Name before',
  'mail.notice.fact.codes-left': 'Codes left',
  'mail.notice.fact.address': 'Address',
  'mail.notice.fact.service': 'Service',
  'mail.notice.fact.sessions': 'Devices signed out',
  'mail.notice.fact.erased': 'Deleted on',
  'mail.notice.if-you': 'If this was you, there is nothing to do.',
  'mail.notice.if-not-you':
    'If this wasn’t you, somebody else may have access to your account. Sign everybody out here, and then look at how your account can be signed in to:',
  'mail.notice.button': 'Sign everybody out',
  'mail.notice.inert':
    'Opening the page changes nothing yet: first you are asked to sign in. Nobody will ever ask you for a code by phone or e-mail.',
  'mail.button-fallback': 'If the button doesn’t work, copy this address into your browser:',
} as const
