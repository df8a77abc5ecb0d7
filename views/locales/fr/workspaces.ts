/** Les espaces de travail : ce qui peut mal se passer, et les invitations. */
export const workspaces = {
  'error.role-unknown.title': 'Ce rôle n’existe pas',
  'error.role-unknown.happened': 'L’espace de travail n’a pas de rôle de ce nom ; il a peut-être été supprimé.',
  'error.role-unknown.next': 'Rien n’a été modifié. Rechargez la page et choisissez un autre rôle.',
  'error.permission-unknown.title': 'Cette autorisation n’existe pas',
  'error.permission-unknown.happened': 'Une autorisation a été nommée que personne ne connaît ici.',
  'error.permission-unknown.next': 'Rien n’a été modifié. Vérifiez son orthographe.',
  'error.invitation-over.title': 'Cette invitation n’est plus valable',
  'error.invitation-over.happened': 'Elle a été utilisée, retirée ou remplacée par une plus récente, ou elle a expiré.',
  'error.invitation-over.next': 'Demandez-en une nouvelle à la personne qui vous a invité.',
  'error.set-up-over.title': 'Ce lien de mise en service n’est pas valable',
  'error.set-up-over.happened':
    'Une partie du lien manque, ou cette installation a déjà son premier espace de travail\u00A0: le lien ne sert qu’une fois.',
  'error.set-up-over.next':
    'Si vous l’avez créé, connectez-vous à votre compte. Pour en créer un autre, lancez «\u00A0latchkey workspace create\u00A0» sur le serveur.',
  'error.invitation-of-another.title': 'Cette invitation est pour une autre adresse',
  'error.invitation-of-another.happened':
    'Votre session est ouverte, mais l’invitation a été envoyée à une adresse qui n’est pas la vôtre ici.',
  'error.invitation-of-another.next': 'Connectez-vous avec l’adresse invitée, ou ajoutez-la à votre compte.',
  'error.more-than-own.title': 'C’est plus que ce que vous avez',
  'error.more-than-own.happened': 'Personne ne peut donner ou retirer des autorisations sans les avoir.',
  'error.more-than-own.next': 'Rien n’a été modifié. Adressez-vous à un Admin de l’espace de travail.',
  'error.entitlement-missing.title': 'L’offre ne comprend pas cela',
  'error.entitlement-missing.happened': 'L’offre de votre espace de travail ne comprend pas ce que vous avez demandé.',
  'error.entitlement-missing.next': 'Rien n’a été modifié. La personne qui gère l’offre peut la changer.',
  'console.lacking': 'Il faut pour cela une offre avec « {entitlement} ».',
  'console.roles.plan-lacks':
    'Votre espace de travail a l’offre {plan}. Les rôles que vous définissez vont avec les offres qui comprennent « {entitlement} ». La personne qui gère l’offre peut la changer.',
  'console.roles.plan-lacks-now':
    'Les rôles existants restent valables. Vous pouvez les donner, les retirer et les supprimer, mais pas les modifier.',
  'console.roles.none': 'Aucun.',
  'error.last-admin.title': 'Un espace de travail a besoin d’un Admin',
  'error.last-admin.happened': 'C’est son seul Admin.',
  'error.last-admin.next':
    'Rien n’a été modifié. Donnez d’abord le rôle d’Admin à quelqu’un d’autre, ou faites supprimer l’espace de travail.',
  'error.role-in-use.title': 'Ce rôle est utilisé',
  'error.role-in-use.happened': 'Des membres ou des invitations ouvertes ont ce rôle.',
  'error.role-in-use.next': 'Rien n’a été modifié. Donnez-leur d’abord un autre rôle.',
  'error.already-member.title': 'Cette personne est déjà membre',
  'error.already-member.happened': 'L’adresse est celle d’une personne qui est déjà dans cet espace de travail.',
  'error.already-member.next': 'Rien n’a été envoyé. Vous pouvez changer ses rôles dans la liste des membres.',
  'error.personal-workspace.title': 'Cet espace de travail est pour une personne',
  'error.personal-workspace.happened': 'Un espace personnel a un seul membre, qui y reste.',
  'error.personal-workspace.next':
    'Rien n’a été modifié. Pour travailler à plusieurs, créez un espace de travail prévu pour cela.',
  'error.version-stale.title': 'Quelqu’un est passé avant',
  'error.version-stale.happened': 'Quelqu’un d’autre a modifié ceci pendant que vous le regardiez.',
  'error.version-stale.next': 'Votre modification n’a pas été enregistrée. Rechargez la page et regardez de nouveau.',
  'error.request-in-progress.title': 'La première demande est encore en cours',
  'error.request-in-progress.happened': 'La même demande est arrivée une seconde fois avant la réponse à la première.',
  'error.request-in-progress.next': 'Attendez un instant, puis demandez de nouveau.',
  'error.idempotency-key-reused.title': 'Cette clé appartient à une autre demande',
  'error.idempotency-key-reused.happened': 'La clé d’idempotence a déjà servi pour une autre demande.',
  'error.idempotency-key-reused.next': 'Rien n’a été modifié. Utilisez une nouvelle clé pour une nouvelle demande.',
  'error.version-needed.title': 'Quelle version ?',
  'error.version-needed.happened': 'La modification ne disait pas quelle version vous aviez vue.',
  'error.version-needed.next': 'Rien n’a été modifié. Lisez d’abord, puis envoyez l’ETag comme If-Match.',
  'mail.invitation.subject': 'Votre invitation à {workspace} sur {installation}',
  'mail.invitation.lead': 'Vous êtes invité à rejoindre l’espace de travail {workspace} sur {installation}.',
  'mail.invitation.lead-by': '{inviter} vous invite à rejoindre l’espace de travail {workspace} sur {installation}.',
  'mail.invitation.button': 'Voir l’invitation',
  'mail.invitation.lifetime': 'Elle est valable une fois, pour l’adresse à laquelle cet e-mail a été envoyé, jusqu’au {until}.',
  'mail.invitation.not-you':
    'Si vous n’attendiez pas d’invitation, vous n’avez rien à faire : il ne se passe rien tant que vous ne l’acceptez pas.',
  'mail.requirement.subject': '{workspace}\u00A0: dès le {date}, la connexion demandera une étape de plus',
  'mail.requirement.second-factor':
    'Dès le {from}, l’espace de travail {workspace} sur {installation} demandera à chacun une deuxième étape à la connexion\u00A0: une clé d’accès ou une application d’authentification. Votre compte n’a encore ni l’une ni l’autre.',
  'mail.requirement.passkey':
    'Dès le {from}, l’espace de travail {workspace} sur {installation} demandera à chacun de se connecter avec une clé d’accès. Votre compte n’en a pas encore.',
  'mail.requirement.accepted-passkey':
    'Dès le {from}, l’espace de travail {workspace} sur {installation} demandera à chacun de se connecter avec une clé d’accès d’un modèle qu’il accepte. Votre compte n’en a pas encore.',
  'mail.requirement.next':
    'Configurez-la maintenant dans votre compte, sous «\u00A0Moyens de connexion\u00A0»\u00A0: cela prend une minute.',
  'mail.requirement.button': 'Configurer maintenant',
  'mail.requirement.otherwise':
    'Si vous n’en trouvez pas le temps, l’accès ne vous sera pas fermé\u00A0: votre première connexion après ce jour vous guidera. Une fois que c’est fait, nous n’envoyons plus de rappel.',
}
