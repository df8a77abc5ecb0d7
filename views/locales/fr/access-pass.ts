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
}
