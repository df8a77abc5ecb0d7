export const passkeys = {
  'passkey.unavailable':
    'Dieser Browser kann hier keine Passkeys verwenden. Nehmen Sie einen anderen Weg oder einen anderen Browser.',
  'passkey.problem.cancelled':
    'Es wurde kein Passkey verwendet. Versuchen Sie es noch einmal, oder nehmen Sie einen anderen Weg.',
  'passkey.problem.not-created':
    'Es wurde kein Passkey erstellt. Versuchen Sie es noch einmal, wenn Sie bereit sind, oder wählen Sie dafür ein anderes Gerät oder einen anderen Passwortmanager.',
  'passkey.problem.timed-out':
    'Das hat zu lange gedauert, die Anfrage wurde geschlossen. Versuchen Sie es noch einmal, wenn Sie bereit sind.',
  'passkey.problem.already-there': 'Dieses Gerät oder dieser Passwortmanager hat bereits einen Passkey für Ihr Konto.',
  'passkey.problem.wrong-address':
    'Passkeys funktionieren unter dieser Adresse nicht. Nehmen Sie einen anderen Weg, und sagen Sie es denen, die diesen Dienst betreiben.',
  'passkey.problem.unreachable': 'Der Server ist gerade nicht erreichbar. Versuchen Sie es gleich noch einmal.',
  'passkey.problem.failed':
    'Das hat nicht geklappt. Laden Sie die Seite neu und versuchen Sie es noch einmal, oder nehmen Sie einen anderen Weg.',
  'other-way.passkey': 'Passkey verwenden',
  'passkey-step.heading': 'Passkey verwenden',
  'passkey-step.heading-second': 'Mit Ihrem Passkey bestätigen',
  'passkey-step.lead': 'Ihr Gerät fragt nach Fingerabdruck, Gesicht oder PIN und meldet Sie an.',
  'passkey-step.lead-second': 'Noch ein Schritt: Ihr Gerät fragt nach Fingerabdruck, Gesicht oder PIN.',
  'passkey-step.heading-none-fits': 'Ihre Passkeys funktionieren hier nicht',
  'passkey-step.lead-none-fits':
    'Sie wurden für eine andere Web-Adresse erstellt, und kein Gerät gibt sie für diese heraus. Bestätigen Sie auf einem anderen Weg, dass Sie es sind.',
  'passkey-step.submit': 'Passkey verwenden',
  'passkey-step.start-again': 'Andere Adresse verwenden',
  'enrol-passkey.heading': 'Passkey einrichten',
  'enrol-passkey.lead':
    'Danach meldet Ihr Gerät Sie mit Fingerabdruck, Gesicht oder PIN an. Sie müssen sich nichts merken, und keine gefälschte Seite kann Ihnen etwas entlocken.',
  'enrol-passkey.show-model': 'Wenn Ihr Browser fragt, ob er das Modell sehen darf, erlauben Sie es.',
  'enrol-passkey.submit': 'Passkey erstellen',
  'enrol-passkey.back': 'Zurück',
  'accepted-passkeys': 'Hier akzeptiert: {models}.',
  'link-confirmed.passkey': 'Nächstes Mal ohne E-Mail: Passkey hinzufügen',
  'passkey-offer.heading': 'Nächstes Mal ohne E-Mail?',
  'passkey-offer.lead': 'Dieses Gerät kann Sie mit Fingerabdruck, Gesicht oder PIN anmelden. Das Einrichten dauert einen Moment.',
  'passkey-offer.add': 'Passkey hinzufügen',
  'passkey-offer.later': 'Nicht jetzt',
  'error.passkey-refused.title': 'Dieser Passkey kann nicht verwendet werden',
  'error.passkey-refused.happened': 'Die Antwort des Passkeys ließ sich nicht prüfen.',
  'error.passkey-refused.next': 'Versuchen Sie es noch einmal, oder verwenden Sie einen anderen Weg.',
  'error.passkey-expired.title': 'Die Anfrage war zu lange offen',
  'error.passkey-expired.happened': 'Die Anfrage nach Ihrem Passkey war zu lange offen oder wurde schon beantwortet.',
  'error.passkey-expired.next': 'Versuchen Sie es noch einmal: Es dauert nur einen Moment.',
  'error.passkey-unknown.title': 'Dieser Passkey ist hier nicht bekannt',
  'error.passkey-unknown.happened': 'Der Passkey ist hier nicht mehr bekannt; vielleicht wurde er aus Ihrem Konto entfernt.',
  'error.passkey-unknown.next': 'Verwenden Sie einen anderen Passkey oder einen anderen Weg.',
  'error.passkey-of-another.title': 'Dieser Passkey gehört zu einem anderen Konto',
  'error.passkey-of-another.happened': 'Der Passkey gehört zu einem anderen Konto.',
  'error.passkey-of-another.next': 'Verwenden Sie einen Passkey dieses Kontos oder einen anderen Weg.',
  'error.passkey-not-verified.title': 'Ihr Gerät hat nicht geprüft, wer Sie sind',
  'error.passkey-not-verified.happened': 'Ihr Gerät hat geantwortet, ohne nach Fingerabdruck, Gesicht oder PIN zu fragen.',
  'error.passkey-not-verified.next':
    'Richten Sie auf Ihrem Gerät eine Bildschirmsperre ein und versuchen Sie es noch einmal, oder verwenden Sie einen anderen Weg.',
  'error.passkey-suspicious.title': 'Dieser Passkey wurde vielleicht kopiert',
  'error.passkey-suspicious.happened':
    'Der Passkey hat so geantwortet, wie es nur eine Kopie täte. Darum wurde er nicht angenommen.',
  'error.passkey-suspicious.next': 'Melden Sie sich auf einem anderen Weg an, und entfernen Sie diesen Passkey in Ihrem Konto.',
  'error.passkey-of-other-model.title': 'Passkeys dieser Art werden hier nicht akzeptiert',
  'error.passkey-of-other-model.happened':
    'Der Passkey stammt von etwas, das hier nicht akzeptiert wird, oder hat nicht gesagt, wovon er stammt.',
  'error.passkey-of-other-model.next': 'Erstellen Sie einen mit dem, was unten genannt ist.',
  'error.too-many-passkeys.title': 'Es sind genug Passkeys',
  'error.too-many-passkeys.happened': 'Ihr Konto hat so viele Passkeys, wie es haben kann.',
  'error.too-many-passkeys.next': 'Entfernen Sie einen, den Sie nicht mehr verwenden, und versuchen Sie es noch einmal.',
} as const
