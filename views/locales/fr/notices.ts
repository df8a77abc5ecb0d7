export const notices = {
  'address.once-more': 'Votre session est ouverte. Pour continuer, montrez encore une fois que c’est bien vous.',
  'address.usual-way': 'Dernier choix dans ce navigateur : « {way} ».',
  'address.signed-out.ended-here': 'Vous vous êtes déconnecté le {moment}.',
  'address.signed-out.ended-elsewhere': 'Vous avez été déconnecté depuis un autre appareil le {moment}.',
  'address.signed-out.ended-by-notice':
    'Tous vos appareils ont été déconnectés le {moment}, après un e-mail sur une action qui n’était pas la vôtre.',
  'address.signed-out.account-suspended': 'Vous avez été déconnecté le {moment}, parce que votre compte a été suspendu.',
  'address.signed-out.account-deleted':
    'Vous avez été déconnecté le {moment}, parce que votre compte va être supprimé. D’ici là, vous pouvez vous connecter et le garder.',
  'address.signed-out.factor-reset':
    'Vous avez été déconnecté le {moment}, parce que les moyens de connexion de votre compte ont été réinitialisés.',

  'mail.notice.subject': '{installation} : {heading}',
  'mail.notice.account': 'Il s’agit de votre compte chez {installation}.',
  'mail.notice.passkey-added': 'Une clé d’accès a été ajoutée',
  'mail.notice.passkey-removed': 'Une clé d’accès a été supprimée',
  'mail.notice.passkey-renamed': 'Une clé d’accès a été renommée',
  'mail.notice.passkey-suspicious': 'Une clé d’accès a peut-être été copiée',
  'mail.notice.passkey-suspicious-next':
    'Elle a répondu comme seule une copie le ferait et n’a donc pas été acceptée. Connectez-vous par un autre moyen, supprimez-la dans votre compte et créez-en une nouvelle.',
  'mail.notice.authenticator-added': 'Une application d’authentification a été ajoutée',
  'mail.notice.authenticator-removed': 'Une application d’authentification a été supprimée',
  'mail.notice.authenticator-renamed': 'Une application d’authentification a été renommée',
  'mail.notice.recovery-codes-made': 'De nouveaux codes de récupération ont été créés',
  'mail.notice.recovery-code-used': 'Un code de récupération a été utilisé',
  'mail.notice.address-added': 'Une adresse e-mail a été ajoutée',
  'mail.notice.address-removed': 'Une adresse e-mail a été supprimée',
  'mail.notice.primary-address-changed': 'Une autre adresse e-mail est maintenant votre adresse principale',
  'mail.notice.service-linked': 'Un compte d’un autre service a été lié',
  'mail.notice.service-unlinked': 'Un compte d’un autre service a été dissocié',
  'mail.notice.new-device': 'Une connexion depuis un nouvel appareil',
  'mail.notice.sessions-ended': 'Des appareils ont été déconnectés',
  'mail.notice.erasure-scheduled': 'Votre compte sera supprimé',
  'mail.notice.erasure-scheduled-next':
    'Si c’était vous, il n’y a rien à faire. Si vous changez d’avis, connectez-vous à {url} avant ce jour et choisissez « Garder mon compte ».',
  'mail.notice.erasure-taken-back': 'Votre compte ne sera pas supprimé',
  'mail.notice.more-happened': 'D’autres changements dans votre compte',
  'mail.notice.more-happened-next':
    'Il y a eu beaucoup de changements en une heure, et seul cet e-mail vous signale les suivants. Tous figurent sous «\u00A0Activité\u00A0» dans votre compte\u00A0: {url}. S’ils viennent de vous, il n’y a rien à faire.',
  'mail.notice.fact.time': 'Heure',
  'mail.notice.fact.place': 'Lieu',
  'mail.notice.fact.name': 'Nom',
  'mail.notice.fact.name-before': 'Ancien nom',
  'mail.notice.fact.codes-left': 'Codes restants',
  'mail.notice.fact.address': 'Adresse',
  'mail.notice.fact.service': 'Service',
  'mail.notice.fact.sessions': 'Appareils déconnectés',
  'mail.notice.fact.erased': 'Supprimé le',
  'mail.notice.if-you': 'Si c’était vous, il n’y a rien à faire.',
  'mail.notice.if-not-you':
    'Si ce n’était pas vous, quelqu’un d’autre a peut-être accès à votre compte. Déconnectez tout le monde ici, puis vérifiez les moyens de connexion de votre compte :',
  'mail.notice.button': 'Déconnecter tout le monde',
  'mail.notice.inert':
    'Ouvrir la page ne change encore rien : on vous demande d’abord de vous connecter. Personne ne vous demandera jamais un code par téléphone ou par e-mail.',
  'mail.button-fallback': 'Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur :',
}
