/** Le laissez-passer qu’un Admin donne à ceux dont il a réinitialisé les moyens de connexion. */
export const accessPass = {
  'other-way.access-pass': 'Utiliser un laissez-passer temporaire',
  'access-pass-step.heading': 'Saisissez votre laissez-passer temporaire',
  'access-pass-step.lead':
    'Un Admin de votre espace de travail a réinitialisé vos autres moyens de connexion et a un laissez-passer pour vous. Il ne sert qu’une fois, pour peu de temps.',
  'access-pass-step.label': 'Laissez-passer temporaire',
  'access-pass-step.hint': 'Seize lettres et chiffres, en majuscules ou non, avec ou sans traits d’union.',
  'access-pass-step.missing': 'Saisissez le laissez-passer que vous avez reçu.',
  'access-pass-step.wrong': 'Ce n’est pas le dernier laissez-passer créé pour vous.',
  'access-pass-over.heading': 'Votre laissez-passer temporaire n’est plus valable',
  'access-pass-over.lead': 'Il a servi, ou son délai est écoulé. Demandez-en un nouveau à un Admin de votre espace de travail.',
  'access-pass-used.heading': 'Votre laissez-passer temporaire est utilisé',
  'access-pass-used.lead':
    'Configurez maintenant une clé d’accès ou une application d’authentification\u00A0: cela prend une minute. Sinon, il vous faudra un nouveau laissez-passer la prochaine fois.',
  'error.access-pass-form.title': 'Ce n’est pas un laissez-passer temporaire',
  'error.access-pass-form.happened': 'Un laissez-passer temporaire a seize lettres et chiffres.',
  'error.access-pass-form.next': 'Comparez-le avec ce que vous avez reçu, et saisissez-le encore une fois.',
  'error.access-pass-over.title': 'Ce laissez-passer n’est plus valable',
  'error.access-pass-over.happened': 'Le laissez-passer temporaire a servi, ou son délai est écoulé.',
  'error.access-pass-over.next': 'Demandez-en un nouveau à un Admin de votre espace de travail.',
  'error.member-elsewhere.title': 'Cette personne appartient aussi à d’autres espaces de travail',
  'error.member-elsewhere.happened':
    'Ce avec quoi une personne se connecte protège tous ses espaces de travail. Les Admins de l’un d’eux ne peuvent donc pas le réinitialiser tant qu’elle est membre d’un autre.',
  'error.member-elsewhere.next':
    'Rien n’a été modifié. La personne peut utiliser un code de récupération, ou quitter d’abord les autres espaces de travail.',
  'account.activity.factors.reset': 'Moyens de connexion réinitialisés par un Admin',
  'account.activity.access-pass.used': 'Laissez-passer temporaire utilisé',
  'mail.notice.factors-reset': 'Vos moyens de connexion ont été réinitialisés',
  'mail.notice.factors-reset-next':
    'Un Admin de {workspace} l’a fait. Vos clés d’accès, applications d’authentification et codes de récupération ne sont plus valables, et vous êtes déconnecté partout. Pour vous connecter, il vous faut le laissez-passer temporaire que l’Admin a pour vous\u00A0; il ne sert qu’une fois, pour peu de temps.',
  'mail.notice.factors-reset-not-you':
    'Si vous n’en savez rien, demandez à l’Admin avant d’utiliser le laissez-passer. Une fois connecté, vous pouvez déconnecter tout le monde ici\u00A0:',
  'mail.notice.access-pass-made': 'Vous avez réinitialisé les moyens de connexion d’un membre',
  'mail.notice.fact.workspace': 'Espace de travail',
  'mail.notice.fact.member': 'Membre',
  'console.member.reset': 'Réinitialiser ses moyens de connexion',
  'console.member.reset-lead':
    'Pour un membre qui a perdu ce avec quoi il se connecte. Vous recevez un laissez-passer temporaire à lui remettre.',
  'console.confirm.reset-member.heading': 'Réinitialiser ses moyens de connexion\u00A0?',
  'console.confirm.reset-member.lead':
    'Les clés d’accès, applications d’authentification et codes de récupération de {subject} ne seront plus valables, et cette personne sera déconnectée partout. Vous verrez une seule fois un laissez-passer temporaire, avec lequel elle se connectera en plus de son e-mail pour en configurer de nouveaux. Vous en serez tous deux informés par e-mail.',
  'console.confirm.reset-member.button': 'Réinitialiser',
  'console.pass.heading': 'Un laissez-passer temporaire à remettre',
  'console.pass.lead':
    'Les moyens de connexion de {address} sont réinitialisés. Remettez ce laissez-passer de vive voix, par téléphone ou en personne, après avoir vérifié qu’il s’agit bien d’elle.',
  'console.pass.show': 'Afficher le laissez-passer',
  'console.pass.good': 'Valable pour',
  'console.pass.lasts': 'Une connexion, encore {lasts}',
  'console.pass.for':
    'Cette personne commence à se connecter par e-mail comme d’habitude, doit saisir le laissez-passer, puis configure une clé d’accès ou une application d’authentification.',
  'console.pass.once':
    'Il n’est montré que maintenant, et n’est conservé nulle part. S’il est perdu ou si son délai est écoulé, réinitialisez encore une fois ses moyens de connexion.',
  'console.pass.done': 'Le laissez-passer est remis',
  'console.own-ways.heading': 'Les vôtres sont dans votre compte',
  'console.own-ways.lead':
    'Vos propres moyens de connexion se modifient dans votre compte. Si vous les avez perdus, un autre Admin peut les réinitialiser pour vous. Rien n’a été modifié.',
  'console.own-ways.link': 'Ouvrir mes moyens de connexion',
  'console.action.factors.reset': 'Moyens de connexion réinitialisés',
  'console.action.access-pass.made': 'Laissez-passer temporaire créé',
  'console.action.access-pass.used': 'Laissez-passer temporaire utilisé',
  'console.action.access-pass.refused': 'Laissez-passer temporaire erroné saisi',
}
