import { accessPass } from './de/access-pass.ts'
import { account } from './de/account.ts'
import { api } from './de/api.ts'
import { connections } from './de/connections.ts'
import { workspaceConsole } from './de/console.ts'
import { notices } from './de/notices.ts'
import { passkeys } from './de/passkeys.ts'
import { secondSteps } from './de/second-steps.ts'
import { workspaceChoice } from './de/workspace-choice.ts'
import { workspaces } from './de/workspaces.ts'
import type { Catalogue } from './catalogue.ts'

/** German, with Sie. */
export const de: Catalogue = {
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
  'document.problem': 'Problem: {title}',
  'footer.service': 'Anmeldung für {installation} auf {host}',
  'footer.help': 'Hilfe',
  'footer.privacy': 'Datenschutz',
  'footer.language': 'Sprache',
  'start-again': 'Neu beginnen',
  'back-to-app': 'Zurück zu {app}',
  'continue-to-app': 'Weiter zu {app}',
  'onward.account': 'Zu Ihrem Konto',
  'onward.sign-in': 'Bei Ihrem Konto anmelden',
  'fact.app': 'App',
  'fact.device': 'Gerät',
  'fact.time': 'Angefordert',

  'address.heading': 'Bei {app} anmelden',
  'address.label': 'E-Mail-Adresse',
  'address.hint': 'Sie erhalten Link und Code per E-Mail. Ohne Passwort.',
  'address.submit': 'Link zusenden',
  'address.or': 'oder',
  'address.other-ways': 'Weitere Arten, sich anzumelden',
  'address.problem.field-needed': 'Geben Sie Ihre E-Mail-Adresse ein.',
  'address.problem.address-unusable':
    'An diese Adresse können wir nichts senden. Geben Sie eine einzelne Adresse ein, zum Beispiel name@example.com.',
  'address.notice.signed-out': 'Sie sind abgemeldet.',
  'address.notice.expired': 'Ihre letzte Anmeldung war zu lange offen und ist abgelaufen. Beginnen Sie hier neu.',

  'other-way.email': 'Link zusenden',
  'other-way.enrol': 'Neuen zweiten Schritt einrichten',
  'choose-enrolment.heading': 'Noch ein Schritt zum Einrichten',
  'choose-enrolment.lead.second-factor':
    '{app} verlangt einen zweiten Schritt, um sicher zu sein, dass Sie es sind. Wählen Sie einen und richten Sie ihn jetzt ein: Es dauert eine Minute.',
  'choose-enrolment.lead.passkey':
    '{app} lässt nur mit Passkey hinein, und Sie haben noch keinen. Richten Sie ihn jetzt ein: Es dauert eine Minute.',
  'choose-enrolment.lead.accepted-passkey':
    '{app} lässt nur mit bestimmten Passkeys hinein, und Ihrer ist von anderer Art. Akzeptiert werden: {models}. Richten Sie jetzt einen davon ein: Es dauert eine Minute.',
  'choose-enrolment.sign-out': 'Abmelden',
  'choose-enrolment.next': 'Danach geht es dort weiter, wo Sie hinwollten.',
  'recovery-codes.heading': 'Bewahren Sie Ihre Wiederherstellungscodes auf',
  'recovery-codes.lead':
    'Wenn Sie Ihr Gerät verlieren, kommen Sie mit jedem dieser Codes einmal hinein, zusammen mit Ihrer E-Mail. Drucken Sie sie aus oder speichern Sie sie dort, wo nur Sie sie finden.',
  'recovery-codes.download': 'Codes herunterladen',
  'recovery-codes.once': 'Sie werden nur dieses eine Mal gezeigt. Neue können Sie jederzeit in Ihrem Konto erstellen.',
  'recovery-codes.continue': 'Ich habe sie aufbewahrt',

  'check-mail.heading': 'Sehen Sie in Ihrem Postfach nach',
  'check-mail.heading-expired': 'Diese E-Mail ist abgelaufen',
  'check-mail.expired': 'Die E-Mail an {address} galt {minutes} Minuten. Senden Sie eine neue: Code und Link gelten dann wieder.',
  'check-mail.heading-used-up': 'Zu viele falsche Codes',
  'check-mail.sent': 'Wir haben eine E-Mail an {address} gesendet. Sie gilt {minutes, plural, one {# Minute} other {# Minuten}}.',
  'check-mail.what-to-do': 'Öffnen Sie den Link darin in diesem Browser, und diese Seite geht von selbst weiter.',
  'check-mail.link-only':
    'Codes sind für diese Adresse abgeschaltet, bis der Link benutzt wird, weil zu viele falsche eingegeben wurden.',
  'check-mail.used-up':
    'Die E-Mail an {address} gilt nicht mehr, damit niemand den Code erraten kann. Senden Sie eine neue, um fortzufahren.',
  'check-mail.resent': 'Eine neue E-Mail ist unterwegs. Die vorige gilt nicht mehr.',
  'check-mail.code': 'Oder Code aus der E-Mail eingeben',
  'check-mail.code-hint': '8 Buchstaben, auch klein und mit Leerzeichen.',
  'check-mail.submit': 'Anmelden',
  'check-mail.problem.field-needed': 'Geben Sie den Code aus der E-Mail ein.',
  'check-mail.problem.code-wrong': 'Das ist nicht der Code aus der neuesten E-Mail.',
  'check-mail.tries-left': 'Sie haben noch {tries, plural, one {# Versuch} other {# Versuche}}.',
  'check-mail.type-code': 'Code eingeben',
  'check-mail.link-used': 'Ich habe den Link benutzt',
  'check-mail.offline': 'Der Server ist gerade nicht erreichbar. Sobald die Verbindung wieder da ist, geht diese Seite weiter.',
  'check-mail.no-mail': 'Noch keine E-Mail da? Es kann eine Minute dauern. Sehen Sie auch im Spam-Ordner nach.',
  'check-mail.mailbox': 'Diese Installation behält ihre E-Mails hier: {link}',
  'check-mail.open-mailbox': 'Postfach öffnen',
  'check-mail.resend': 'Neue E-Mail senden',
  'check-mail.change-address': 'Andere Adresse verwenden',

  'confirm-link.heading': 'Bei {app} anmelden?',
  'confirm-link.lead': 'Sie haben den Link aus unserer E-Mail geöffnet, in dem Browser, in dem Sie ihn angefordert haben.',
  'confirm-link.submit': 'Bei {app} anmelden',
  'confirm-link.not-you': 'Sie haben das nicht angefordert? Schließen Sie diese Seite. Ohne den Knopf wird niemand angemeldet.',

  'link-elsewhere.heading': 'Zurück dorthin, wo Sie begonnen haben',
  'link-elsewhere.type-code': 'Geben Sie den Code aus der E-Mail in dem Fenster ein, in dem Sie die Anmeldung begonnen haben.',
  'link-elsewhere.open-there':
    'Kopieren Sie den Link aus der E-Mail und öffnen Sie ihn in dem Browser, in dem Sie die Anmeldung begonnen haben.',
  'link-elsewhere.why':
    'Der Link wurde in einem anderen Browser angefordert. Damit ihn sonst niemand nutzen kann, meldet er hier niemanden an.',
  'link-elsewhere.not-you': 'Sie haben das nicht angefordert?',
  'link-elsewhere.not-you-advice':
    'Dann hat jemand Ihre Adresse eingegeben, vielleicht aus Versehen. Geben Sie nichts aus der E-Mail weiter und schließen Sie diese Seite. Solange niemand Link oder Code benutzt, geschieht nichts.',

  'link-confirmed.heading': 'Sie sind angemeldet',
  'link-confirmed.lead': 'Das Fenster, in dem Sie begonnen haben, geht von selbst weiter. Dieses können Sie schließen.',
  'link-confirmed.submit': 'Hier fortfahren',

  'return-to-app.lead': 'Drücken Sie auf den Knopf, um fortzufahren.',

  'finished.heading': 'Hier ist alles erledigt',
  'finished.lead': 'Die Anmeldung ging in einem anderen Fenster weiter. Dieses können Sie schließen.',

  'expired.heading': 'Diese Anmeldung ist abgelaufen',
  'expired.lead':
    'Sie war zu lange offen, deshalb haben wir sie zur Sicherheit beendet. Beginnen Sie neu: Es dauert nur einen Moment.',
  'expired.lead-from-app':
    'Sie war zu lange offen, deshalb haben wir sie zur Sicherheit beendet. Gehen Sie zurück zur App und melden Sie sich von dort aus an.',
  'expired.heading-unknown': 'Hier läuft keine Anmeldung',
  'expired.lead-unknown':
    'Diese Adresse führt zu keiner Anmeldung, die in diesem Browser offen ist. Vielleicht ist sie schon abgeschlossen, war zu lange offen oder wurde in einem anderen Browser begonnen; oder es fehlt ein Teil der Adresse. Gehen Sie zurück zur App und melden Sie sich von dort aus an.',
  'expired.heading-unknown-link': 'Dieser Link ist hier nicht bekannt',
  'expired.lead-unknown-link':
    'Vielleicht ging beim Kopieren ein Teil verloren, oder er stammt aus einer zu alten E-Mail. Niemand wurde angemeldet.',
  'expired.next-unknown-link':
    'Öffnen Sie den Link in der neuesten E-Mail noch einmal, oder gehen Sie zurück zur App und melden Sie sich von dort aus an.',

  'no-account.heading': 'Es gibt noch kein Konto',
  'no-account.lead': 'Die Adresse {address} gehört Ihnen, aber es gibt hier kein Konto dafür.',
  'no-account.what-next': 'Bitten Sie die Betreiber von {app} um eine Einladung, oder verwenden Sie eine andere Adresse.',

  'consent.heading': '{app} bittet um Zugriff auf Ihr Konto',
  'consent.lead': 'Wenn Sie zustimmen, kann die App auf {site}:',
  'consent.signed-in-as': 'Sie sind als {address} angemeldet.',
  'consent.scope.openid': 'Sie wiedererkennen, wenn Sie zurückkommen',
  'consent.scope.profile': 'Ihren Namen und Ihre Sprache sehen',
  'consent.scope.email': 'Ihre E-Mail-Adresse sehen',
  'consent.scope.offline_access': 'diesen Zugriff behalten, während Sie nicht da sind',
  'consent.scope.other': 'die Berechtigung {scope} nutzen',
  'consent.not-ours': '{app} wird nicht von {installation} betrieben. Wenn Sie ablehnen, erfährt die App nichts über Sie.',
  'consent.privacy': 'Datenschutz der App',
  'consent.terms': 'Bedingungen der App',
  'consent.allow': 'Zugriff erlauben',
  'consent.refuse': 'Ablehnen',

  'already-signed-in.heading': 'Sie sind bereits angemeldet',
  'already-signed-in.lead': 'Diese Anmeldung ist abgeschlossen. Hier gibt es nichts mehr zu tun.',
  'already-signed-in.lead-from-app':
    'Diese Anmeldung ist abgeschlossen. Gehen Sie zurück zur App, oder schließen Sie diese Seite.',

  'switch-account.heading': 'Konto wechseln?',
  'switch-account.lead':
    'In diesem Browser ist ein anderes Konto angemeldet. Wenn Sie fortfahren, wird es hier in allen Apps abgemeldet.',
  'switch-account.continue': 'Abmelden und fortfahren',

  'enter-device-code.heading': 'Gerät verbinden',
  'enter-device-code.lead': 'Geben Sie den Code ein, den Ihr Gerät anzeigt.',
  'enter-device-code.label': 'Code auf Ihrem Gerät',
  'enter-device-code.hint': 'Auch klein, mit Leerzeichen oder ohne Bindestrich.',
  'enter-device-code.submit': 'Weiter',
  'enter-device-code.problem.missing': 'Geben Sie den Code ein, den Ihr Gerät anzeigt.',
  'enter-device-code.problem.wrong':
    'Dieser Code ist nicht bekannt, wurde schon benutzt oder ist abgelaufen. Vergleichen Sie ihn mit Ihrem Gerät, oder lassen Sie sich dort einen neuen geben.',
  'enter-device-code.problem.stopped': 'Sie haben abgebrochen. Das Gerät ist nicht angemeldet.',
  'enter-device-code.problem.unexpected':
    'Bei uns ist etwas schiefgegangen. Das Gerät ist nicht angemeldet. Versuchen Sie es noch einmal.',

  'confirm-device-code.heading': 'Ist das Ihr Gerät?',
  'confirm-device-code.lead': 'Ihr Gerät muss genau diesen Code zeigen. Es wird dann in Ihrem Namen bei {app} angemeldet.',
  'confirm-device-code.warning':
    'Hat Ihnen jemand diesen Code geschickt? Dann brechen Sie ab: Diese Person käme sonst in Ihr Konto.',
  'confirm-device-code.yes': 'Ja, anmelden',
  'confirm-device-code.no': 'Nein, abbrechen',

  'device-finished.heading': 'Ihr Gerät ist angemeldet',
  'device-finished.lead': 'Machen Sie mit {app} auf Ihrem Gerät weiter. Diese Seite können Sie schließen.',

  'confirm-sign-out.heading': 'Abmelden?',
  'confirm-sign-out.lead':
    'Damit endet Ihre Sitzung bei {installation} in diesem Browser, für alle Apps, die Sie darüber nutzen.',
  'confirm-sign-out.yes': 'Abmelden',
  'confirm-sign-out.no': 'Angemeldet bleiben',

  'signed-out.heading': 'Sie sind abgemeldet',
  'signed-out.lead': 'Ihre Sitzung bei {installation} in diesem Browser ist beendet.',

  'landing.heading': 'Anmeldung für {installation}',
  'landing.lead':
    'Hier gibt es nichts zu tun. Öffnen Sie die App, die Sie nutzen möchten: Sie bringt Sie hierher, wenn es Zeit ist, sich anzumelden.',
  'landing.account': 'Ihr Konto',
  'landing.issuer': 'Aussteller',
  'landing.discovery': 'Discovery',
  'landing.mailbox': 'E-Mails dieser Installation',

  'mailbox.heading': 'Postfach',
  'mailbox.lead': 'Diese Installation versendet keine E-Mails. Was sie gesendet hätte, steht hier.',
  'mailbox.empty': 'Noch keine E-Mails. Fordern Sie auf einer Anmeldeseite einen Link an, und er erscheint hier.',
  'mailbox.all': 'Alle E-Mails',
  'mailbox.to': 'An',
  'mailbox.received': 'Eingegangen',
  'mailbox.html': 'Die E-Mail, wie sie aussieht',
  'mailbox.text': 'Die E-Mail als Text',

  'error.for-developers': 'Für Entwickler',
  'error.request': 'Anfrage',
  'error.protocol.title': 'Die Anfrage der App lässt sich nicht ausführen',
  'error.protocol.happened':
    'Die App, die Sie hierher geschickt hat, hat um etwas gebeten, das nicht geht. An Ihnen liegt es nicht.',
  'error.protocol.next':
    'Gehen Sie zurück zur App und versuchen Sie es noch einmal. Geschieht es wieder, sagen Sie den Betreibern der App Bescheid.',
  'error.bad-request.title': 'Diese Anfrage lässt sich nicht ausführen',
  'error.bad-request.happened': 'In der Anfrage fehlt etwas, oder etwas passt nicht.',
  'error.bad-request.next': 'Es wurde nichts geändert. Gehen Sie zurück und versuchen Sie es noch einmal.',
  'error.field-needed.title': 'Es fehlt etwas',
  'error.field-needed.happened': 'Ein Feld des Formulars war leer.',
  'error.field-needed.next': 'Es wurde nichts geändert. Gehen Sie zurück und füllen Sie es aus.',
  'error.address-unusable.title': 'Diese Adresse lässt sich nicht verwenden',
  'error.address-unusable.happened': 'An die Adresse, wie sie geschrieben wurde, können wir keine E-Mail senden.',
  'error.address-unusable.next': 'Gehen Sie zurück und geben Sie eine einzelne Adresse ein, zum Beispiel name@example.com.',
  'error.code-wrong.title': 'Das ist nicht der Code',
  'error.code-wrong.happened': 'Es ist nicht der Code aus der neuesten E-Mail.',
  'error.code-wrong.next': 'Gehen Sie zurück, vergleichen Sie ihn mit der neuesten E-Mail, und versuchen Sie es noch einmal.',
  'error.code-tries-used-up.title': 'Zu viele falsche Codes',
  'error.code-tries-used-up.happened': 'Es wurden zu viele falsche Codes eingegeben, deshalb gilt die E-Mail nicht mehr.',
  'error.code-tries-used-up.next': 'Gehen Sie zurück und senden Sie eine neue E-Mail.',
  'error.codes-switched-off.title': 'Zurzeit geht nur der Link',
  'error.codes-switched-off.happened':
    'Für diese Adresse wurden zu viele falsche Codes eingegeben, deshalb sind Codes abgeschaltet.',
  'error.codes-switched-off.next':
    'Öffnen Sie den Link aus der E-Mail in dem Browser, in dem Sie begonnen haben. Danach gehen Codes wieder.',
  'error.attempt-expired.title': 'Diese Anmeldung ist abgelaufen',
  'error.attempt-expired.happened': 'Sie war zu lange offen, oder sie wurde inzwischen abgeschlossen.',
  'error.attempt-expired.next': 'Beginnen Sie neu: Es dauert nur einen Moment.',
  'error.link-used.title': 'Dieser Link gilt nicht mehr',
  'error.link-used.happened': 'Er wurde schon benutzt, oder eine neuere E-Mail hat ihn ersetzt.',
  'error.link-used.next': 'Öffnen Sie den Link in der neuesten E-Mail, oder beginnen Sie neu.',
  'error.no-account.title': 'Es gibt noch kein Konto',
  'error.no-account.happened': 'Für diese Adresse gibt es hier kein Konto.',
  'error.no-account.next': 'Bitten Sie die Betreiber der App um eine Einladung, oder verwenden Sie eine andere Adresse.',
  'error.not-signed-in.title': 'Sie sind nicht angemeldet',
  'error.not-signed-in.happened': 'Diese Seite ist nur für angemeldete Personen, und Ihre Sitzung ist vielleicht zu Ende.',
  'error.not-signed-in.next': 'Gehen Sie zurück zur App und melden Sie sich von dort aus an.',
  'error.forbidden.title': 'Das steht Ihnen nicht offen',
  'error.forbidden.happened': 'Ihrem Konto fehlt die Berechtigung, die dafür nötig ist.',
  'error.forbidden.next': 'Es wurde nichts geändert. Bitten Sie einen Admin Ihres Arbeitsbereichs um die Berechtigung.',
  'error.cross-site.title': 'Das kam von einer anderen Website',
  'error.cross-site.happened': 'Die Anfrage hat eine andere Website gesendet, deshalb haben wir sie nicht ausgeführt.',
  'error.cross-site.next': 'Es wurde nichts geändert. Gehen Sie zurück zur App und beginnen Sie dort.',
  'error.not-found.title': 'Hier ist nichts',
  'error.not-found.happened': 'Die Adresse führt nirgendwohin, oder was hier war, ist nicht mehr da.',
  'error.not-found.next': 'Prüfen Sie die Adresse, oder gehen Sie zurück zur App.',
  'error.method-not-allowed.title': 'Das geht hier nicht',
  'error.method-not-allowed.happened': 'Die Seite wurde auf eine Weise aufgerufen, die sie nicht anbietet.',
  'error.method-not-allowed.next': 'Es wurde nichts geändert. Gehen Sie zurück zur App und beginnen Sie dort.',
  'error.conflict.title': 'Jemand war schneller',
  'error.conflict.happened': 'Das wurde inzwischen von jemand anderem geändert.',
  'error.conflict.next': 'Ihre Änderung wurde nicht gespeichert. Laden Sie die Seite neu und sehen Sie noch einmal nach.',
  'error.too-large.title': 'Das war zu viel auf einmal',
  'error.too-large.happened': 'Die Anfrage ist größer, als wir annehmen.',
  'error.too-large.next': 'Es wurde nichts geändert. Gehen Sie zurück und versuchen Sie es mit weniger.',
  'error.unsupported-media-type.title': 'Dieses Format geht hier nicht',
  'error.unsupported-media-type.happened': 'Die Anfrage kam in einem Format, das wir nicht annehmen.',
  'error.unsupported-media-type.next': 'Es wurde nichts geändert. Gehen Sie zurück zur App und beginnen Sie dort.',
  'error.wrong-host.title': 'Das ist nicht die richtige Adresse',
  'error.wrong-host.happened': 'Sie kamen unter einem Namen hierher, den dieser Dienst nicht benutzt.',
  'error.wrong-host.next': 'Gehen Sie zurück zur App und beginnen Sie dort.',
  'error.too-many-requests.title': 'Einen Moment, bitte',
  'error.too-many-requests.happened': 'Es kamen zu viele Anfragen in kurzer Zeit, deshalb machen wir eine Pause.',
  'error.too-many-requests.next': 'Warten Sie ein wenig und versuchen Sie es dann noch einmal.',
  'error.too-many-requests.next-after': 'Versuchen Sie es in {wait} noch einmal.',
  'error.unexpected.title': 'Etwas ist schiefgegangen',
  'error.unexpected.happened': 'Der Fehler liegt bei uns, und wir haben ihn festgehalten.',
  'error.unexpected.next':
    'Versuchen Sie es gleich noch einmal. Geschieht es wieder, sagen Sie den Betreibern dieses Dienstes Bescheid.',
  'error.unavailable.title': 'Wir sind gleich wieder da',
  'error.unavailable.happened': 'Der Dienst kann gerade nicht antworten. An Ihnen liegt es nicht.',
  'error.unavailable.next': 'Versuchen Sie es in einer Minute noch einmal. Was Ihnen bestätigt wurde, bleibt erhalten.',

  'mail.magic-link.subject': 'Ihr Link für {app}',
  'mail.magic-link.subject-with-code': '{code} ist Ihr Code für {app}',
  'mail.magic-link.heading': 'Bei {app} anmelden',
  'mail.magic-link.open': 'Öffnen Sie diesen Link in dem Browser, in dem Sie begonnen haben:',
  'mail.magic-link.button': 'Anmelden',
  'mail.magic-link.or-code': 'Oder geben Sie dort diesen Code ein:',
  'mail.magic-link.lifetime': 'Link und Code gelten einmal und {minutes, plural, one {# Minute} other {# Minuten}} lang.',
  'mail.magic-link.lifetime-link': 'Der Link gilt einmal und {minutes, plural, one {# Minute} other {# Minuten}} lang.',
  'mail.magic-link.not-you':
    'Falls Sie das nicht waren: Solange niemand Link oder Code benutzt, geschieht nichts. Sie können diese E-Mail löschen. Sagen Sie den Code niemandem: Wer für {installation} arbeitet, fragt nie danach.',
  'mail.magic-link.not-you-link':
    'Falls Sie das nicht waren: Solange niemand den Link benutzt, geschieht nichts. Sie können diese E-Mail löschen.',
  'mail.magic-link.button-fallback':
    'Falls der Knopf nicht geht, kopieren Sie diese Adresse in den Browser, in dem Sie begonnen haben:',
  'mail.fact': '{name}: {value}',
  'mail.footer': 'Gesendet von {host} für {installation}.',
}
