/** Accounts elsewhere. */
export const connections = {
  'upstream.continue': 'Weiter mit {service}',
  'upstream.other-way': 'Anderen Weg wählen',
  'upstream.try-again': '{service} noch einmal versuchen',
  'upstream.back-to-account': 'Zurück zu Ihrem Konto',
  'upstream-away.heading': 'Mit {service} anmelden',
  'upstream-away.lead': 'Sie waren auf dem Weg zu {service}. Machen Sie dort weiter, oder wählen Sie einen anderen Weg.',
  'prove-address.heading': 'Ihre Adresse bestätigen',
  'prove-address.lead':
    'Sie haben sich bei {service} angemeldet. Damit wir sehen, welches Konto hier Ihres ist, senden wir eine E-Mail an Ihre Adresse.',
  'prove-address.hint': 'Wenn Sie hier ein Konto haben, nehmen Sie dessen Adresse.',
  'link-account.heading': 'Ihr {service}-Konto mit {address} verknüpfen?',
  'link-account.lead': 'Danach können Sie sich hier mit {service} anmelden. In Ihrem Konto können Sie das jederzeit beenden.',
  'link-account.there': 'Bei {service} sind Sie {address}.',
  'link-account.not-yours': 'Verknüpfen Sie kein Konto, das auch andere benutzen: Diese könnten sich hier als Sie anmelden.',
  'link-account.yes': 'Ja, verknüpfen',
  'link-account.no': 'Nein, ohne Verknüpfung weiter',
  'upstream-refused.from-app': 'Gehen Sie zurück zur App, und melden Sie sich von dort aus an.',
  'upstream-refused.consent-refused.heading': 'Sie haben bei {service} nicht weitergemacht',
  'upstream-refused.consent-refused.happened':
    '{service} meldet, dass abgelehnt wurde: von Ihnen oder von denen, die Ihr Konto verwalten. Es wurde nichts geändert.',
  'upstream-refused.upstream-unavailable.heading': '{service} antwortet nicht',
  'upstream-refused.upstream-unavailable.happened':
    'Wir erreichen {service} gerade nicht. Versuchen Sie es gleich noch einmal, oder wählen Sie einen anderen Weg.',
  'upstream-refused.upstream-misconfigured.heading': '{service} ist im Moment nicht verfügbar',
  'upstream-refused.upstream-misconfigured.happened':
    'Was {service} sendet, passt nicht zu dem, was hier eingerichtet ist. Wer diesen Dienst betreibt, muss es sich ansehen. Nehmen Sie inzwischen einen anderen Weg.',
  'upstream-refused.mix-up.heading': 'Diese Antwort gehört nicht hierher',
  'upstream-refused.mix-up.happened':
    'In diesem Browser kam eine Antwort von {service} an, nach der hier nicht gefragt wurde. Es wurde niemand angemeldet.',
  'upstream-refused.expired.heading': 'Das hat zu lange gedauert',
  'upstream-refused.expired.happened':
    'Was {service} gesendet hat, kam zu spät oder wurde schon benutzt. Versuchen Sie es noch einmal: Es dauert nur einen Moment.',
  'upstream-refused.clock-off.heading': 'Die Uhren gehen verschieden',
  'upstream-refused.clock-off.happened':
    'Die Uhr von {service} und unsere gehen zu weit auseinander, um der Antwort zu trauen. Wer diesen Dienst betreibt, muss es sich ansehen. Nehmen Sie inzwischen einen anderen Weg.',
  'upstream-refused.keys-unknown.heading': '{service} lässt sich nicht prüfen',
  'upstream-refused.keys-unknown.happened':
    'Die Antwort ist mit einem Schlüssel signiert, den {service} nicht veröffentlicht; darum trauen wir ihr nicht. Versuchen Sie es gleich noch einmal, oder wählen Sie einen anderen Weg.',
  'upstream-refused.token-unacceptable.heading': 'Auf die Antwort ist kein Verlass',
  'upstream-refused.token-unacceptable.happened':
    'Was {service} gesendet hat, zeigt nicht sicher, wer Sie sind. Darum wurde niemand angemeldet. Wählen Sie einen anderen Weg.',
  'upstream-refused.sign-in-too-old.heading': 'Sie müssen sich neu anmelden',
  'upstream-refused.sign-in-too-old.happened':
    'Die App möchte, dass Sie sich neu anmelden, und {service} zeigt nicht, dass Sie das gerade getan haben. Wählen Sie einen anderen Weg.',
  'upstream-refused.account-not-allowed.heading': 'Dieses Konto wird hier nicht angenommen',
  'upstream-refused.account-not-allowed.happened':
    'Mit {service} dürfen sich hier nur Konten bestimmter Organisationen anmelden, und dieses gehört zu keiner. Nehmen Sie ein anderes Konto, oder wählen Sie einen anderen Weg.',
  'upstream-refused.somebody-elses.heading': 'Dieses {service}-Konto ist schon verknüpft',
  'upstream-refused.somebody-elses.happened':
    'Es ist hier mit einem anderen Konto verknüpft. Melden Sie sich dort damit an, und lösen Sie zuerst die Verknüpfung.',

  'account.confirm.link.heading': 'Ein Konto verknüpfen?',
  'account.confirm.link.lead':
    'Sie gehen zu {subject} und wählen dort Ihr Konto. Danach können Sie sich hier damit anmelden. Nehmen Sie keines, das auch andere benutzen.',
  'account.confirm.link.button': 'Weiter zum Dienst',
  'account.done.linked': 'Das Konto ist verknüpft: Sie können sich ab jetzt damit anmelden.',
}
