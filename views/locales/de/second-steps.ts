import type { secondSteps as english } from '../en/second-steps.ts'

export const secondSteps: Record<keyof typeof english, string> = {
  'other-way.totp': 'Authenticator-App verwenden',
  'other-way.recovery-code': 'Wiederherstellungscode verwenden',
  'second-step.continue': 'Weiter',
  'second-step.paused': 'Zu viele falsche Codes hintereinander. In {wait} können Sie es wieder versuchen.',
  'second-step.change-address': 'Andere Adresse verwenden',

  'totp-step.heading': 'Geben Sie den Code aus Ihrer Authenticator-App ein',
  'totp-step.label': 'Code',
  'totp-step.hint': 'Sechs Ziffern, mit oder ohne Leerzeichen.',
  'totp-step.missing': 'Geben Sie die sechs Ziffern ein, die Ihre App zeigt.',
  'totp-step.wrong': 'Diesen Code zeigt Ihre App gerade nicht. Geben Sie den neuesten ein.',
  'totp.name': 'Authenticator-App',
  'totp.name-numbered': 'Authenticator-App {number}',

  'enrol-totp.heading': 'Authenticator-App einrichten',
  'enrol-totp.lead': 'Jede App, die sechsstellige Codes erzeugt, ist recht, auch die in Ihrem Passwort-Manager.',
  'enrol-totp.scan': 'Scannen Sie das mit der App',
  'enrol-totp.picture': 'QR-Code für Ihre Authenticator-App. Der Schlüssel darunter sagt dasselbe.',
  'enrol-totp.open': 'App auf diesem Gerät öffnen',
  'enrol-totp.key-name': 'Schlüssel',
  'enrol-totp.key': 'Oder geben Sie diesen Schlüssel in die App ein:',
  'enrol-totp.confirm': 'Geben Sie dann den Code ein, den die App zeigt',
  'enrol-totp.submit': 'Bestätigen',
  'enrol-totp.back': 'Zurück',
  'enrol-totp.wrong':
    'Diesen Code zeigt die App für diesen Schlüssel nicht. Geben Sie den neuesten ein, oder scannen Sie noch einmal.',

  'recovery-step.heading': 'Geben Sie einen Ihrer Wiederherstellungscodes ein',
  'recovery-step.lead': 'Jeder gilt einmal. Sie haben noch {count, plural, one {# Code} other {# Codes}}.',
  'recovery-step.label': 'Wiederherstellungscode',
  'recovery-step.hint': 'Sechzehn Buchstaben und Ziffern, groß oder klein, mit oder ohne Bindestriche.',
  'recovery-step.missing': 'Geben Sie einen der Codes ein, die Sie aufbewahrt haben.',
  'recovery-step.wrong': 'Das ist keiner Ihrer Codes, oder er wurde schon verwendet.',

  'recovery-used.heading': 'Geschafft, und ein Wiederherstellungscode ist verbraucht',
  'recovery-used.left': 'Sie haben noch {count, plural, one {# Wiederherstellungscode} other {# Wiederherstellungscodes}}.',
  'recovery-used.none': 'Es war Ihr letzter. Erstellen Sie in Ihrem Konto neue, sobald Sie angemeldet sind.',
  'recovery-used.few': 'Erstellen Sie in Ihrem Konto neue, bevor sie ausgehen.',
  'recovery-used.lost': 'Haben Sie Ihr Gerät verloren? Entfernen Sie es in Ihrem Konto, und richten Sie ein anderes ein.',

  'recovery-codes.file': 'Wiederherstellungscodes für {account} bei {host}. Jeder gilt einmal.',
  'recovery-codes.print': 'Sie können diese Seite auch drucken: Darauf steht dann nichts als die Codes.',

  'renew-proof.heading': 'Zeigen Sie zuerst noch einmal, dass Sie es sind',
  'renew-proof.lead':
    'Sie richten gleich ein, wie Sie sich anmelden. Darum vergewissern wir uns, dass Sie es noch sind. Wir können eine E-Mail an {address} senden.',
  'renew-proof.submit': 'E-Mail senden',

  'soon-required.heading': 'Ab dem {date} braucht die Anmeldung einen zweiten Schritt',
  'soon-required.heading-passkey': 'Ab dem {date} braucht die Anmeldung einen Passkey',
  'soon-required.lead':
    'Dann brauchen Sie auch einen Passkey oder eine Authenticator-App. Richten Sie das jetzt ein: Es dauert eine Minute.',
  'soon-required.lead-passkey':
    'Keine gefälschte Seite kann ihn Ihnen entlocken. Richten Sie ihn jetzt ein: Es dauert eine Minute.',
  'soon-required.heading-accepted': 'Ab dem {date} braucht die Anmeldung einen anderen Passkey',
  'soon-required.lead-accepted':
    'Ihrer genügt dann nicht mehr. Akzeptiert werden: {models}. Richten Sie jetzt einen davon ein: Es dauert eine Minute.',
  'soon-required.now': 'Jetzt einrichten',
  'soon-required.later': 'Später',

  'error.code-not-six-digits.title': 'Das ist kein Code aus sechs Ziffern',
  'error.code-not-six-digits.happened': 'Der Code aus einer Authenticator-App besteht aus sechs Ziffern und sonst nichts.',
  'error.code-not-six-digits.next': 'Geben Sie die sechs Ziffern ein, die Ihre App zeigt.',
  'error.code-used.title': 'Dieser Code wurde schon verwendet',
  'error.code-used.happened': 'Dieser Code wurde schon verwendet, und jeder gilt einmal.',
  'error.code-used.next': 'Warten Sie, bis Ihre App den nächsten zeigt: höchstens eine halbe Minute.',
  'error.clock-off.title': 'Die Uhr Ihres Telefons scheint falsch zu gehen',
  'error.clock-off.happened': 'Der Code stimmt, aber für eine andere Zeit: Die Uhr Ihres Telefons scheint falsch zu gehen.',
  'error.clock-off.next':
    'Lassen Sie das Telefon die Zeit selbst einstellen, und geben Sie den Code ein, den die App dann zeigt.',
  'error.recovery-code-form.title': 'Das ist kein Wiederherstellungscode',
  'error.recovery-code-form.happened': 'Ein Wiederherstellungscode besteht aus sechzehn Buchstaben und Ziffern.',
  'error.recovery-code-form.next': 'Vergleichen Sie ihn mit Ihrer Liste, und geben Sie ihn noch einmal ein.',
  'error.tries-paused.title': 'Einen Moment, bitte',
  'error.tries-paused.happened': 'Es wurden zu viele falsche Codes hintereinander eingegeben, darum gibt es eine Pause.',
  'error.tries-paused.next': 'Warten Sie einen Moment und versuchen Sie es wieder, oder melden Sie sich anders an.',
  'error.too-many-devices.title': 'Es sind genug Authenticator-Apps',
  'error.too-many-devices.happened': 'Ihr Konto hat so viele Authenticator-Apps, wie es haben kann.',
  'error.too-many-devices.next': 'Entfernen Sie eine, die Sie nicht mehr brauchen, und versuchen Sie es noch einmal.',

  'copy.button': 'Kopieren',
  'copy.what': 'Kopieren: {what}',
  'copy.copied': 'Kopiert.',
  'copy.refused': 'Der Browser lässt das Kopieren nicht zu. Markieren und kopieren Sie es bitte selbst.',
}
