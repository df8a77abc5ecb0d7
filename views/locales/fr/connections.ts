/** Accounts elsewhere. */
export const connections = {
  'upstream.continue': 'Continuer avec {service}',
  'upstream.other-way': 'Utiliser un autre moyen',
  'upstream.try-again': 'Réessayer avec {service}',
  'upstream.back-to-account': 'Retour à votre compte',
  'upstream-away.heading': 'Se connecter avec {service}',
  'upstream-away.lead': 'Vous étiez en route vers {service}. Continuez là-bas, ou choisissez un autre moyen de vous connecter.',
  'prove-address.heading': 'Confirmez votre adresse e-mail',
  'prove-address.lead':
    'Vous vous êtes connecté avec {service}. Pour voir quel compte est le vôtre ici, nous envoyons un e-mail à votre adresse.',
  'prove-address.hint': 'Si vous avez un compte ici, utilisez son adresse.',
  'link-account.heading': 'Lier votre compte {service} à {address}\u00A0?',
  'link-account.lead':
    'Vous pourrez ensuite vous connecter ici avec {service}. Vous pouvez y mettre fin à tout moment dans votre compte.',
  'link-account.there': 'Chez {service}, vous êtes {address}.',
  'link-account.not-yours':
    'Ne liez pas un compte que d’autres utilisent aussi\u00A0: ils pourraient se connecter à votre place.',
  'link-account.yes': 'Oui, le lier',
  'link-account.no': 'Non, continuer sans',
  'upstream-refused.from-app': 'Retournez à l’application, et connectez-vous à partir de là.',
  'upstream-refused.consent-refused.heading': 'Vous n’avez pas continué chez {service}',
  'upstream-refused.consent-refused.happened':
    '{service} nous dit que vous, ou les personnes qui gèrent votre compte, avez refusé. Rien n’a été modifié.',
  'upstream-refused.upstream-unavailable.heading': '{service} ne répond pas',
  'upstream-refused.upstream-unavailable.happened':
    'Nous n’arrivons pas à joindre {service} pour le moment. Réessayez dans un instant, ou utilisez un autre moyen.',
  'upstream-refused.upstream-misconfigured.heading': '{service} n’est pas utilisable pour le moment',
  'upstream-refused.upstream-misconfigured.happened':
    'Ce que {service} envoie ne correspond pas à ce qui est configuré ici. Les responsables de ce service doivent s’en occuper. En attendant, utilisez un autre moyen.',
  'upstream-refused.mix-up.heading': 'Cette réponse n’a rien à faire ici',
  'upstream-refused.mix-up.happened':
    'Une réponse de {service} est arrivée dans ce navigateur sans avoir été demandée ici. Personne n’a été connecté.',
  'upstream-refused.expired.heading': 'Cela a pris trop de temps',
  'upstream-refused.expired.happened':
    'Ce que {service} a envoyé est arrivé trop tard, ou a déjà servi. Réessayez\u00A0: cela ne prend qu’un instant.',
  'upstream-refused.clock-off.heading': 'Les horloges ne sont pas d’accord',
  'upstream-refused.clock-off.happened':
    'L’horloge de {service} et la nôtre sont trop éloignées pour se fier à la réponse. Les responsables de ce service doivent s’en occuper. En attendant, utilisez un autre moyen.',
  'upstream-refused.keys-unknown.heading': '{service} ne peut pas être vérifié',
  'upstream-refused.keys-unknown.happened':
    'La réponse est signée avec une clé que {service} ne publie pas\u00A0; nous ne nous y fions donc pas. Réessayez dans un instant, ou utilisez un autre moyen.',
  'upstream-refused.token-unacceptable.heading': 'Nous n’avons pas pu nous fier à la réponse',
  'upstream-refused.token-unacceptable.happened':
    'Ce que {service} a envoyé ne montre pas avec certitude qui vous êtes\u00A0; personne n’a donc été connecté. Utilisez un autre moyen.',
  'upstream-refused.sign-in-too-old.heading': 'Il faut vous connecter à nouveau',
  'upstream-refused.sign-in-too-old.happened':
    'L’application veut que vous vous connectiez à nouveau, et {service} ne montre pas que vous venez de le faire. Utilisez un autre moyen.',
  'upstream-refused.account-not-allowed.heading': 'Ce compte n’est pas accepté ici',
  'upstream-refused.account-not-allowed.happened':
    'Seuls les comptes de certaines organisations peuvent se connecter ici avec {service}, et celui-ci n’en fait pas partie. Utilisez un autre compte, ou un autre moyen.',
  'upstream-refused.somebody-elses.heading': 'Ce compte {service} est déjà lié',
  'upstream-refused.somebody-elses.happened':
    'Il est lié à un autre compte ici. Connectez-vous d’abord à celui-là, et dissociez-le.',

  'account.confirm.link.heading': 'Lier un compte\u00A0?',
  'account.confirm.link.lead':
    'Vous allez chez {subject}, et vous y choisissez votre compte. Vous pourrez ensuite vous connecter ici avec lui. N’en prenez pas un que d’autres utilisent aussi.',
  'account.confirm.link.button': 'Aller au service',
  'account.done.linked': 'Le compte est lié\u00A0: vous pouvez vous connecter avec lui.',
}
