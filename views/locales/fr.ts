import { accessPass } from './fr/access-pass.ts'
import { account } from './fr/account.ts'
import { api } from './fr/api.ts'
import { connections } from './fr/connections.ts'
import { workspaceConsole } from './fr/console.ts'
import { notices } from './fr/notices.ts'
import { passkeys } from './fr/passkeys.ts'
import { secondSteps } from './fr/second-steps.ts'
import { workspaceChoice } from './fr/workspace-choice.ts'
import { workspaces } from './fr/workspaces.ts'
import type { Catalogue } from './catalogue.ts'

/** French, with vous; spaces before high punctuation don't break. */
export const fr: Catalogue = {
  ...accessPass,
  ...connections,
  ...api,
  ...notices,
  ...account,
  ...passkeys,
  ...secondSteps,
  ...workspaceChoice,
  ...workspaces,
  ...workspaceConsole,
  'document.problem': 'Problème\u00A0: {title}',
  'footer.service': 'Connexion pour {installation} sur {host}',
  'footer.help': 'Aide',
  'footer.privacy': 'Confidentialité',
  'footer.language': 'Langue',
  'start-again': 'Recommencer',
  'back-to-app': 'Retour à {app}',
  'continue-to-app': 'Continuer vers {app}',
  'onward.account': 'Aller à votre compte',
  'onward.sign-in': 'Se connecter à votre compte',
  'fact.app': 'Application',
  'fact.device': 'Appareil',
  'fact.time': 'Demandé',

  'address.heading': 'Se connecter à {app}',
  'address.label': 'Adresse e-mail',
  'address.hint': 'Vous recevez un lien et un code. Aucun mot de passe.',
  'address.submit': 'M’envoyer un lien',
  'address.or': 'ou',
  'address.other-ways': 'Autres façons de se connecter',
  'address.problem.field-needed': 'Saisissez votre adresse e-mail.',
  'address.problem.address-unusable':
    'Nous ne pouvons rien envoyer à cette adresse. Saisissez une seule adresse, comme nom@example.com.',
  'address.notice.signed-out': 'Vous avez quitté votre session.',
  'address.notice.expired': 'Votre dernière connexion est restée ouverte trop longtemps et a expiré. Recommencez ici.',

  'other-way.email': 'Recevoir un lien',
  'other-way.enrol': 'Configurer une nouvelle deuxième étape',
  'choose-enrolment.heading': 'Encore une étape à configurer',
  'choose-enrolment.lead.second-factor':
    '{app} demande une deuxième étape pour s’assurer que c’est bien vous. Choisissez-en une et configurez-la maintenant : cela prend une minute.',
  'choose-enrolment.lead.passkey':
    '{app} n’accepte que les clés d’accès, et vous n’en avez pas encore. Configurez-en une maintenant : cela prend une minute.',
  'choose-enrolment.lead.accepted-passkey':
    '{app} n’accepte que certaines clés d’accès, et la vôtre est d’un autre type. Sont acceptées\u00A0: {models}. Configurez-en une maintenant\u00A0: cela prend une minute.',
  'choose-enrolment.sign-out': 'Se déconnecter',
  'choose-enrolment.next': 'Ensuite, vous continuez là où vous vouliez aller.',
  'recovery-codes.heading': 'Conservez vos codes de récupération',
  'recovery-codes.lead':
    'Si vous perdez votre appareil, chacun de ces codes vous permet d’entrer une fois, avec votre e-mail. Imprimez-les ou enregistrez-les là où vous seul pouvez les trouver.',
  'recovery-codes.download': 'Télécharger les codes',
  'recovery-codes.once': 'Ils ne sont affichés que cette fois. Vous pouvez en créer de nouveaux à tout moment dans votre compte.',
  'recovery-codes.continue': 'Je les ai conservés',

  'check-mail.heading': 'Consultez vos e-mails',
  'check-mail.heading-expired': 'Cet e-mail a expiré',
  'check-mail.expired':
    'L’e-mail envoyé à {address} était valable {minutes} minutes. Envoyez-en un nouveau\u00A0: son code et son lien fonctionnent tout de suite.',
  'check-mail.heading-used-up': 'Trop de codes erronés',
  'check-mail.sent':
    'Nous avons envoyé un e-mail à {address}. Il est valable {minutes, plural, one {# minute} other {# minutes}}.',
  'check-mail.what-to-do': 'Ouvrez le lien qu’il contient dans ce navigateur, et cette page continue d’elle-même.',
  'check-mail.link-only':
    'Les codes sont désactivés pour cette adresse jusqu’à l’utilisation du lien, car trop de codes erronés ont été saisis.',
  'check-mail.used-up':
    'L’e-mail envoyé à {address} n’est plus valable, pour que personne ne puisse deviner le code. Envoyez-en un nouveau pour continuer.',
  'check-mail.resent': 'Un nouvel e-mail est en route. Le précédent n’est plus valable.',
  'check-mail.code': 'Ou saisissez le code de l’e-mail',
  'check-mail.code-hint': '8 lettres, aussi en minuscules et avec espaces.',
  'check-mail.submit': 'Se connecter',
  'check-mail.problem.field-needed': 'Saisissez le code de l’e-mail.',
  'check-mail.problem.code-wrong': 'Ce n’est pas le code du dernier e-mail.',
  'check-mail.tries-left': 'Il vous reste {tries, plural, one {# essai} other {# essais}}.',
  'check-mail.type-code': 'Saisir le code',
  'check-mail.link-used': 'J’ai utilisé le lien',
  'check-mail.offline': 'Le serveur est injoignable pour le moment. Cette page continue dès que la connexion est rétablie.',
  'check-mail.no-mail': 'Pas encore d’e-mail\u202F? Cela peut prendre une minute. Regardez aussi dans le dossier des spams.',
  'check-mail.mailbox': 'Cette installation garde ses e-mails ici\u00A0: {link}',
  'check-mail.open-mailbox': 'ouvrir la boîte aux lettres',
  'check-mail.resend': 'Envoyer un nouvel e-mail',
  'check-mail.change-address': 'Utiliser une autre adresse',

  'confirm-link.heading': 'Se connecter à {app}\u202F?',
  'confirm-link.lead': 'Vous avez ouvert le lien de notre e-mail, dans le navigateur où vous l’avez demandé.',
  'confirm-link.submit': 'Se connecter à {app}',
  'confirm-link.not-you': 'Vous n’avez rien demandé\u202F? Fermez cette page. Sans appui sur le bouton, personne n’est connecté.',

  'link-elsewhere.heading': 'Revenez là où vous avez commencé',
  'link-elsewhere.type-code': 'Saisissez le code de l’e-mail dans la fenêtre où vous avez commencé la connexion.',
  'link-elsewhere.open-there': 'Copiez le lien de l’e-mail et ouvrez-le dans le navigateur où vous avez commencé la connexion.',
  'link-elsewhere.why':
    'Le lien a été demandé dans un autre navigateur. Pour que personne d’autre ne puisse s’en servir, il ne connecte personne ici.',
  'link-elsewhere.not-you': 'Vous n’avez rien demandé\u202F?',
  'link-elsewhere.not-you-advice':
    'Alors quelqu’un a saisi votre adresse, peut-être par erreur. Ne transmettez rien de cet e-mail et fermez cette page. Tant que ni le lien ni le code ne sont utilisés, il ne se passe rien.',

  'link-confirmed.heading': 'C’est fait',
  'link-confirmed.lead':
    'La connexion est établie. La fenêtre où vous avez commencé continue d’elle-même, et vous pouvez fermer celle-ci.',
  'link-confirmed.submit': 'Continuer ici',

  'return-to-app.lead': 'Appuyez sur le bouton pour continuer.',

  'finished.heading': 'Tout est fait ici',
  'finished.lead': 'La connexion s’est poursuivie dans une autre fenêtre. Vous pouvez fermer celle-ci.',

  'expired.heading': 'Cette connexion a expiré',
  'expired.lead':
    'Elle est restée ouverte trop longtemps, nous l’avons donc fermée par sécurité. Recommencez\u00A0: cela ne prend qu’un instant.',
  'expired.lead-from-app':
    'Elle est restée ouverte trop longtemps, nous l’avons donc fermée par sécurité. Revenez à l’application et connectez-vous à partir de là.',
  'expired.heading-unknown': 'Aucune connexion n’est en cours ici',
  'expired.lead-unknown':
    'Cette adresse ne mène à aucune connexion ouverte dans ce navigateur. Elle est peut-être terminée, restée ouverte trop longtemps ou commencée dans un autre navigateur\u00A0; ou il manque une partie de l’adresse. Revenez à l’application et connectez-vous à partir de là.',
  'expired.heading-unknown-link': 'Ce lien n’est pas connu ici',
  'expired.lead-unknown-link':
    'Une partie a peut-être été perdue à la copie, ou il vient d’un e-mail trop ancien. Aucune connexion n’a été faite.',
  'expired.next-unknown-link':
    'Ouvrez encore une fois le lien du dernier e-mail, ou revenez à l’application et connectez-vous à partir de là.',

  'no-account.heading': 'Il n’y a pas encore de compte',
  'no-account.lead': 'L’adresse {address} est bien la vôtre, mais elle n’a pas de compte ici.',
  'no-account.what-next': 'Demandez une invitation aux responsables de {app}, ou utilisez une autre adresse.',

  'consent.heading': '{app} demande l’accès à votre compte',
  'consent.lead': 'Si vous l’autorisez, l’application de {site} pourra\u00A0:',
  'consent.signed-in-as': 'La session ouverte est celle de {address}.',
  'consent.scope.openid': 'vous reconnaître à votre retour',
  'consent.scope.profile': 'voir votre nom et votre langue',
  'consent.scope.email': 'voir votre adresse e-mail',
  'consent.scope.offline_access': 'garder cet accès en votre absence',
  'consent.scope.other': 'utiliser l’autorisation {scope}',
  'consent.not-ours': '{app} n’est pas un service de {installation}. Si vous refusez, cette application n’apprend rien sur vous.',
  'consent.privacy': 'Confidentialité de l’application',
  'consent.terms': 'Conditions de l’application',
  'consent.allow': 'Autoriser l’accès',
  'consent.refuse': 'Refuser',

  'already-signed-in.heading': 'Votre session est déjà ouverte',
  'already-signed-in.lead': 'Cette connexion est terminée. Il n’y a plus rien à faire ici.',
  'already-signed-in.lead-from-app': 'Cette connexion est terminée. Revenez à l’application, ou fermez cette page.',

  'switch-account.heading': 'Changer de compte\u202F?',
  'switch-account.lead':
    'Un autre compte est connecté dans ce navigateur. Si vous continuez, il en sera déconnecté, dans toutes les applications.',
  'switch-account.continue': 'Le déconnecter et continuer',

  'enter-device-code.heading': 'Connecter un appareil',
  'enter-device-code.lead': 'Saisissez le code affiché par votre appareil.',
  'enter-device-code.label': 'Code sur votre appareil',
  'enter-device-code.hint': 'Aussi en minuscules, avec espaces ou sans tiret.',
  'enter-device-code.submit': 'Continuer',
  'enter-device-code.problem.missing': 'Saisissez le code affiché par votre appareil.',
  'enter-device-code.problem.wrong':
    'Ce code est inconnu, a déjà servi ou a expiré. Comparez-le avec votre appareil, ou demandez-lui un nouveau code.',
  'enter-device-code.problem.stopped': 'Vous avez arrêté. L’appareil n’est pas connecté.',
  'enter-device-code.problem.unexpected': 'Un problème est survenu de notre côté. L’appareil n’est pas connecté. Réessayez.',

  'confirm-device-code.heading': 'Est-ce bien votre appareil\u202F?',
  'confirm-device-code.lead': 'Votre appareil doit afficher exactement ce code. Il sera alors connecté à {app} en votre nom.',
  'confirm-device-code.warning':
    'Quelqu’un vous a envoyé ce code\u202F? Alors arrêtez ici\u00A0: cette personne aurait accès à votre compte.',
  'confirm-device-code.yes': 'Oui, le connecter',
  'confirm-device-code.no': 'Non, arrêter',

  'device-finished.heading': 'Votre appareil est connecté',
  'device-finished.lead': 'Continuez avec {app} sur votre appareil. Vous pouvez fermer cette page.',

  'confirm-sign-out.heading': 'Se déconnecter\u202F?',
  'confirm-sign-out.lead':
    'Cela met fin à votre session auprès de {installation} dans ce navigateur, pour toutes les applications que vous utilisez avec ce service.',
  'confirm-sign-out.yes': 'Se déconnecter',
  'confirm-sign-out.no': 'Rester en session',

  'signed-out.heading': 'La déconnexion est faite',
  'signed-out.lead': 'Votre session auprès de {installation} dans ce navigateur est terminée.',

  'landing.heading': 'Connexion pour {installation}',
  'landing.lead':
    'Il n’y a rien à faire ici. Ouvrez l’application que vous voulez utiliser\u00A0: elle vous amène ici quand il faut se connecter.',
  'landing.account': 'Votre compte',
  'landing.issuer': 'Émetteur',
  'landing.discovery': 'Découverte',
  'landing.mailbox': 'E-mails de cette installation',

  'mailbox.heading': 'Boîte aux lettres',
  'mailbox.lead': 'Cette installation n’envoie pas d’e-mails. Ceux qu’elle aurait envoyés sont affichés ici.',
  'mailbox.empty': 'Pas encore d’e-mails. Demandez un lien sur une page de connexion, et il apparaît ici.',
  'mailbox.all': 'Tous les e-mails',
  'mailbox.to': 'À',
  'mailbox.received': 'Reçu',
  'mailbox.html': 'L’e-mail tel qu’il se présente',
  'mailbox.text': 'L’e-mail en texte',

  'error.for-developers': 'Pour les développeurs',
  'error.request': 'Requête',
  'error.protocol.title': 'La demande de l’application ne peut aboutir',
  'error.protocol.happened': 'L’application d’où vous venez demande quelque chose d’impossible. Vous n’y êtes pour rien.',
  'error.protocol.next': 'Revenez à l’application et réessayez. Si cela se reproduit, prévenez ses responsables.',
  'error.bad-request.title': 'Cette demande ne peut aboutir',
  'error.bad-request.happened': 'Quelque chose manque dans la demande, ou ne convient pas.',
  'error.bad-request.next': 'Rien n’a été modifié. Revenez en arrière et réessayez.',
  'error.field-needed.title': 'Il manque quelque chose',
  'error.field-needed.happened': 'Un champ du formulaire était vide.',
  'error.field-needed.next': 'Rien n’a été modifié. Revenez en arrière et remplissez-le.',
  'error.address-unusable.title': 'Cette adresse ne peut pas servir',
  'error.address-unusable.happened': 'Nous ne pouvons pas envoyer d’e-mail à cette adresse telle qu’elle est écrite.',
  'error.address-unusable.next': 'Revenez en arrière et saisissez une seule adresse, comme nom@example.com.',
  'error.code-wrong.title': 'Ce n’est pas le code',
  'error.code-wrong.happened': 'Ce n’est pas le code du dernier e-mail.',
  'error.code-wrong.next': 'Revenez en arrière, comparez-le avec le dernier e-mail et réessayez.',
  'error.code-tries-used-up.title': 'Trop de codes erronés',
  'error.code-tries-used-up.happened': 'Trop de codes erronés ont été saisis, l’e-mail n’est donc plus valable.',
  'error.code-tries-used-up.next': 'Revenez en arrière et envoyez un nouvel e-mail.',
  'error.codes-switched-off.title': 'Seul le lien fonctionne pour le moment',
  'error.codes-switched-off.happened': 'Trop de codes erronés ont été saisis pour cette adresse, les codes sont donc désactivés.',
  'error.codes-switched-off.next':
    'Ouvrez le lien de l’e-mail dans le navigateur où vous avez commencé. Ensuite, les codes fonctionnent à nouveau.',
  'error.attempt-expired.title': 'Cette connexion a expiré',
  'error.attempt-expired.happened': 'Elle est restée ouverte trop longtemps, ou elle a été terminée entre-temps.',
  'error.attempt-expired.next': 'Recommencez\u00A0: cela ne prend qu’un instant.',
  'error.link-used.title': 'Ce lien n’est plus valable',
  'error.link-used.happened': 'Il a déjà servi, ou un e-mail plus récent l’a remplacé.',
  'error.link-used.next': 'Ouvrez le lien du dernier e-mail, ou recommencez.',
  'error.no-account.title': 'Il n’y a pas encore de compte',
  'error.no-account.happened': 'Cette adresse n’a pas de compte ici.',
  'error.no-account.next': 'Demandez une invitation aux responsables de l’application, ou utilisez une autre adresse.',
  'error.not-signed-in.title': 'Aucune session n’est ouverte',
  'error.not-signed-in.happened': 'Cette page demande une session ouverte, et la vôtre est peut-être terminée.',
  'error.not-signed-in.next': 'Revenez à l’application et connectez-vous à partir de là.',
  'error.forbidden.title': 'Cela ne vous est pas ouvert',
  'error.forbidden.happened': 'Votre compte n’a pas l’autorisation nécessaire.',
  'error.forbidden.next': 'Rien n’a été modifié. Demandez l’autorisation à un Admin de votre espace de travail.',
  'error.cross-site.title': 'Cela venait d’un autre site',
  'error.cross-site.happened': 'La demande a été envoyée par un autre site web, nous ne l’avons donc pas exécutée.',
  'error.cross-site.next': 'Rien n’a été modifié. Revenez à l’application et commencez là.',
  'error.not-found.title': 'Il n’y a rien ici',
  'error.not-found.happened': 'L’adresse ne mène nulle part, ou ce qui était ici n’y est plus.',
  'error.not-found.next': 'Vérifiez l’adresse, ou revenez à l’application.',
  'error.method-not-allowed.title': 'Cela ne fonctionne pas ici',
  'error.method-not-allowed.happened': 'La page a été appelée d’une façon qu’elle ne propose pas.',
  'error.method-not-allowed.next': 'Rien n’a été modifié. Revenez à l’application et commencez là.',
  'error.conflict.title': 'Quelqu’un est passé avant',
  'error.conflict.happened': 'Quelqu’un d’autre a modifié ceci entre-temps.',
  'error.conflict.next': 'Votre modification n’a pas été enregistrée. Rechargez la page et regardez de nouveau.',
  'error.too-large.title': 'C’était trop à la fois',
  'error.too-large.happened': 'La demande est plus grande que ce que nous acceptons.',
  'error.too-large.next': 'Rien n’a été modifié. Revenez en arrière et réessayez avec moins.',
  'error.unsupported-media-type.title': 'Ce format ne convient pas ici',
  'error.unsupported-media-type.happened': 'La demande a été envoyée dans un format que nous n’acceptons pas.',
  'error.unsupported-media-type.next': 'Rien n’a été modifié. Revenez à l’application et commencez là.',
  'error.wrong-host.title': 'Ce n’est pas la bonne adresse',
  'error.wrong-host.happened': 'Vous arrivez ici sous un nom que ce service n’utilise pas.',
  'error.wrong-host.next': 'Revenez à l’application et commencez là.',
  'error.too-many-requests.title': 'Un instant, s’il vous plaît',
  'error.too-many-requests.happened': 'Il y a eu trop de demandes en peu de temps, nous faisons donc une pause.',
  'error.too-many-requests.next': 'Attendez un peu, puis réessayez.',
  'error.too-many-requests.next-after': 'Réessayez dans {wait}.',
  'error.unexpected.title': 'Un problème est survenu',
  'error.unexpected.happened': 'Il vient de notre côté, et nous en avons pris note.',
  'error.unexpected.next': 'Réessayez dans un instant. Si cela se reproduit, prévenez les responsables de ce service.',
  'error.unavailable.title': 'Nous revenons tout de suite',
  'error.unavailable.happened': 'Le service ne peut pas répondre pour le moment. Vous n’y êtes pour rien.',
  'error.unavailable.next': 'Réessayez dans une minute. Ce qui vous a été confirmé est conservé.',

  'mail.magic-link.subject': 'Votre lien pour {app}',
  'mail.magic-link.subject-with-code': '{code} est votre code pour {app}',
  'mail.magic-link.heading': 'Se connecter à {app}',
  'mail.magic-link.open': 'Ouvrez ce lien dans le navigateur où vous avez commencé\u00A0:',
  'mail.magic-link.button': 'Se connecter',
  'mail.magic-link.or-code': 'Ou saisissez-y ce code\u00A0:',
  'mail.magic-link.lifetime': 'Le lien et le code servent une fois, pendant {minutes, plural, one {# minute} other {# minutes}}.',
  'mail.magic-link.lifetime-link': 'Le lien sert une fois, pendant {minutes, plural, one {# minute} other {# minutes}}.',
  'mail.magic-link.not-you':
    'Si ce n’était pas vous, il ne se passe rien tant que ni le lien ni le code ne sont utilisés. Vous pouvez supprimer cet e-mail. Ne donnez le code à personne\u00A0: aucune personne travaillant pour {installation} ne vous le demandera.',
  'mail.magic-link.not-you-link':
    'Si ce n’était pas vous, il ne se passe rien tant que le lien n’est pas utilisé. Vous pouvez supprimer cet e-mail.',
  'mail.magic-link.button-fallback':
    'Si le bouton ne fonctionne pas, copiez cette adresse dans le navigateur où vous avez commencé\u00A0:',
  'mail.fact': '{name}\u00A0: {value}',
  'mail.footer': 'Envoyé par {host} pour {installation}.',
}
