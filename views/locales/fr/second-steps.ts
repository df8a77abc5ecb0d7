import type { secondSteps as english } from '../en/second-steps.ts'

export const secondSteps: Record<keyof typeof english, string> = {
  'other-way.totp': 'Utiliser une application d’authentification',
  'other-way.recovery-code': 'Utiliser un code de récupération',
  'second-step.continue': 'Continuer',
  'second-step.paused': 'Trop de codes erronés de suite. Vous pourrez réessayer dans {wait}.',
  'second-step.change-address': 'Utiliser une autre adresse',

  'totp-step.heading': 'Saisissez le code de votre application d’authentification',
  'totp-step.label': 'Code',
  'totp-step.hint': 'Six chiffres, avec ou sans espaces.',
  'totp-step.missing': 'Saisissez les six chiffres que votre application affiche.',
  'totp-step.wrong': 'Ce n’est pas le code que votre application affiche en ce moment. Saisissez le plus récent.',
  'totp.name': 'Application d’authentification',
  'totp.name-numbered': 'Application d’authentification {number}',

  'enrol-totp.heading': 'Configurer une application d’authentification',
  'enrol-totp.lead':
    'Toute application qui crée des codes à six chiffres convient, y compris celle de votre gestionnaire de mots de passe.',
  'enrol-totp.scan': 'Scannez ceci avec l’application',
  'enrol-totp.picture': 'Code QR pour votre application d’authentification. La clé ci-dessous dit la même chose.',
  'enrol-totp.open': 'Ouvrir une application sur cet appareil',
  'enrol-totp.key-name': 'Clé',
  'enrol-totp.key': 'Ou saisissez cette clé dans l’application\u00A0:',
  'enrol-totp.confirm': 'Saisissez ensuite le code que l’application affiche',
  'enrol-totp.submit': 'Confirmer',
  'enrol-totp.back': 'Retour',
  'enrol-totp.wrong':
    'Ce n’est pas le code que l’application affiche pour cette clé. Saisissez le plus récent, ou scannez encore une fois.',

  'recovery-step.heading': 'Saisissez l’un de vos codes de récupération',
  'recovery-step.lead': 'Chacun ne sert qu’une fois. Il vous reste {count, plural, one {# code} other {# codes}}.',
  'recovery-step.label': 'Code de récupération',
  'recovery-step.hint': 'Seize lettres et chiffres, en majuscules ou non, avec ou sans traits d’union.',
  'recovery-step.missing': 'Saisissez l’un des codes que vous avez conservés.',
  'recovery-step.wrong': 'Ce n’est pas l’un de vos codes, ou il a déjà servi.',

  'recovery-used.heading': 'C’est bon, et un code de récupération est utilisé',
  'recovery-used.left': 'Il vous reste {count, plural, one {# code de récupération} other {# codes de récupération}}.',
  'recovery-used.none': 'C’était le dernier. Créez-en de nouveaux dans votre compte dès la fin de la connexion.',
  'recovery-used.few': 'Créez-en de nouveaux dans votre compte avant qu’il n’en reste plus.',
  'recovery-used.lost': 'Vous avez perdu votre appareil\u00A0? Supprimez-le dans votre compte, et configurez-en un autre.',

  'recovery-codes.file': 'Codes de récupération pour {account} chez {host}. Chacun ne sert qu’une fois.',
  'recovery-codes.print': 'Vous pouvez aussi imprimer cette page\u00A0: il n’y aura alors que les codes.',

  'renew-proof.heading': 'D’abord, montrez encore une fois que c’est bien vous',
  'renew-proof.lead':
    'Vous allez configurer votre manière de vous connecter : nous nous assurons donc que c’est toujours vous. Nous pouvons envoyer un e-mail à {address}.',
  'renew-proof.submit': 'M’envoyer un e-mail',

  'soon-required.heading': 'Dès le {date}, la connexion demandera une deuxième étape',
  'soon-required.heading-passkey': 'Dès le {date}, la connexion demandera une clé d’accès',
  'soon-required.lead':
    'Il vous faudra aussi une clé d’accès ou une application d’authentification. Configurez-la maintenant\u00A0: cela prend une minute.',
  'soon-required.lead-passkey':
    'Aucune fausse page ne peut vous la soutirer. Configurez-la maintenant\u00A0: cela prend une minute.',
  'soon-required.heading-accepted': 'Dès le {date}, la connexion demandera une autre clé d’accès',
  'soon-required.lead-accepted':
    'La vôtre ne suffira plus. Seront acceptées\u00A0: {models}. Configurez-en une maintenant\u00A0: cela prend une minute.',
  'soon-required.now': 'Configurer maintenant',
  'soon-required.later': 'Plus tard',

  'error.code-not-six-digits.title': 'Ce n’est pas un code à six chiffres',
  'error.code-not-six-digits.happened': 'Le code d’une application d’authentification a six chiffres et rien d’autre.',
  'error.code-not-six-digits.next': 'Saisissez les six chiffres que votre application affiche.',
  'error.code-used.title': 'Ce code a déjà servi',
  'error.code-used.happened': 'Ce code a déjà servi, et chacun ne sert qu’une fois.',
  'error.code-used.next': 'Attendez que votre application affiche le suivant\u00A0: une demi-minute au plus.',
  'error.clock-off.title': 'L’horloge de votre téléphone semble déréglée',
  'error.clock-off.happened': 'Le code est juste, mais pour un autre moment\u00A0: l’horloge de votre téléphone semble déréglée.',
  'error.clock-off.next': 'Laissez le téléphone régler l’heure lui-même, puis saisissez le code que l’application affiche.',
  'error.recovery-code-form.title': 'Ce n’est pas un code de récupération',
  'error.recovery-code-form.happened': 'Un code de récupération a seize lettres et chiffres.',
  'error.recovery-code-form.next': 'Comparez-le avec votre liste, et saisissez-le encore une fois.',
  'error.tries-paused.title': 'Un instant, s’il vous plaît',
  'error.tries-paused.happened': 'Trop de codes erronés ont été saisis de suite, alors nous faisons une pause.',
  'error.tries-paused.next': 'Attendez un instant et réessayez, ou connectez-vous autrement.',
  'error.too-many-devices.title': 'Il y a assez d’applications d’authentification',
  'error.too-many-devices.happened': 'Votre compte a autant d’applications d’authentification qu’il peut en avoir.',
  'error.too-many-devices.next': 'Supprimez-en une que vous n’utilisez plus, et réessayez.',

  'copy.button': 'Copier',
  'copy.what': 'Copier\u00A0: {what}',
  'copy.copied': 'Copié.',
  'copy.refused': 'Le navigateur ne permet pas de copier. Sélectionnez le texte et copiez-le vous-même.',
}
