/** Arbeitsbereiche: was schiefgehen kann, und Einladungen. */
export const workspaces = {
  'error.role-unknown.title': 'Diese Rolle gibt es nicht',
  'error.role-unknown.happened': 'Der Arbeitsbereich hat keine Rolle dieses Namens; vielleicht wurde sie gelöscht.',
  'error.role-unknown.next': 'Es wurde nichts geändert. Laden Sie die Seite neu und wählen Sie eine andere Rolle.',
  'error.permission-unknown.title': 'Diese Berechtigung gibt es nicht',
  'error.permission-unknown.happened': 'Es wurde eine Berechtigung genannt, die hier niemand kennt.',
  'error.permission-unknown.next': 'Es wurde nichts geändert. Prüfen Sie die Schreibweise.',
  'error.invitation-over.title': 'Diese Einladung gilt nicht mehr',
  'error.invitation-over.happened': 'Sie wurde verwendet, zurückgezogen oder durch eine neuere ersetzt, oder sie ist abgelaufen.',
  'error.invitation-over.next': 'Bitten Sie die Person, die Sie eingeladen hat, um eine neue.',
  'error.set-up-over.title': 'Dieser Link zur Einrichtung gilt nicht',
  'error.set-up-over.happened':
    'Ein Teil des Links fehlt, oder diese Installation hat ihren ersten Arbeitsbereich schon: Der Link gilt nur einmal.',
  'error.set-up-over.next':
    'Wenn Sie ihn eingerichtet haben, melden Sie sich bei Ihrem Konto an. Einen weiteren richtet „latchkey workspace create“ auf dem Server ein.',
  'error.invitation-of-another.title': 'Diese Einladung gilt einer anderen Adresse',
  'error.invitation-of-another.happened':
    'Sie sind angemeldet, aber die Einladung ging an eine Adresse, die hier nicht Ihre ist.',
  'error.invitation-of-another.next': 'Melden Sie sich mit der eingeladenen Adresse an, oder fügen Sie diese Ihrem Konto hinzu.',
  'error.more-than-own.title': 'Das ist mehr, als Sie selbst haben',
  'error.more-than-own.happened': 'Niemand kann Berechtigungen geben oder nehmen, die er selbst nicht hat.',
  'error.more-than-own.next': 'Es wurde nichts geändert. Bitten Sie einen Admin des Arbeitsbereichs.',
  'error.entitlement-missing.title': 'Das gehört nicht zum Plan',
  'error.entitlement-missing.happened': 'Der Plan Ihres Arbeitsbereichs enthält das nicht.',
  'error.entitlement-missing.next': 'Es wurde nichts geändert. Wer den Plan betreut, kann ihn ändern.',
  'console.lacking': 'Dafür braucht es einen Plan mit „{entitlement}“.',
  'console.roles.plan-lacks':
    'Ihr Arbeitsbereich hat den Plan {plan}. Eigene Rollen gehören zu Plänen mit „{entitlement}“. Wer den Plan betreut, kann ihn ändern.',
  'console.roles.plan-lacks-now':
    'Die vorhandenen Rollen gelten weiter. Sie lassen sich vergeben, entziehen und löschen, aber nicht ändern.',
  'console.roles.none': 'Keine.',
  'error.last-admin.title': 'Ein Arbeitsbereich braucht einen Admin',
  'error.last-admin.happened': 'Das ist sein einziger Admin.',
  'error.last-admin.next':
    'Es wurde nichts geändert. Machen Sie zuerst jemand anderen zum Admin, oder lassen Sie den Arbeitsbereich löschen.',
  'error.role-in-use.title': 'Die Rolle wird verwendet',
  'error.role-in-use.happened': 'Es gibt Mitglieder oder offene Einladungen mit dieser Rolle.',
  'error.role-in-use.next': 'Es wurde nichts geändert. Geben Sie ihnen zuerst eine andere Rolle.',
  'error.already-member.title': 'Die Person ist schon Mitglied',
  'error.already-member.happened': 'Die Adresse gehört jemandem, der schon in diesem Arbeitsbereich ist.',
  'error.already-member.next': 'Es wurde nichts gesendet. Die Rollen können Sie in der Liste der Mitglieder ändern.',
  'error.personal-workspace.title': 'Dieser Arbeitsbereich ist für eine Person',
  'error.personal-workspace.happened': 'Ein persönlicher Arbeitsbereich hat ein einziges Mitglied, das bleibt.',
  'error.personal-workspace.next':
    'Es wurde nichts geändert. Um mit anderen zu arbeiten, richten Sie einen Arbeitsbereich dafür ein.',
  'error.version-stale.title': 'Jemand war schneller',
  'error.version-stale.happened': 'Das wurde von jemand anderem geändert, während Sie es vor sich hatten.',
  'error.version-stale.next': 'Ihre Änderung wurde nicht gespeichert. Laden Sie die Seite neu und sehen Sie noch einmal nach.',
  'error.request-in-progress.title': 'Die erste Anfrage läuft noch',
  'error.request-in-progress.happened': 'Dieselbe Anfrage kam ein zweites Mal, bevor die erste beantwortet war.',
  'error.request-in-progress.next': 'Warten Sie einen Moment und fragen Sie dann noch einmal.',
  'error.idempotency-key-reused.title': 'Dieser Schlüssel gehört zu einer anderen Anfrage',
  'error.idempotency-key-reused.happened': 'Der Idempotenzschlüssel wurde zuvor für eine andere Anfrage verwendet.',
  'error.idempotency-key-reused.next': 'Es wurde nichts geändert. Verwenden Sie für eine neue Anfrage einen neuen Schlüssel.',
  'error.version-needed.title': 'Welche Version ist gemeint?',
  'error.version-needed.happened': 'Die Änderung sagte nicht, welche Version Sie vor sich hatten.',
  'error.version-needed.next': 'Es wurde nichts geändert. Lesen Sie zuerst, und senden Sie das ETag als If-Match.',
  'mail.invitation.subject': 'Ihre Einladung zu {workspace} auf {installation}',
  'mail.invitation.lead': 'Sie sind in den Arbeitsbereich {workspace} auf {installation} eingeladen.',
  'mail.invitation.lead-by': '{inviter} lädt Sie in den Arbeitsbereich {workspace} auf {installation} ein.',
  'mail.invitation.button': 'Einladung ansehen',
  'mail.invitation.lifetime': 'Sie gilt einmal, für die Adresse, an die diese E-Mail ging, bis {until}.',
  'mail.invitation.not-you':
    'Wenn Sie keine Einladung erwartet haben, brauchen Sie nichts zu tun: Es geschieht nichts, solange Sie sie nicht annehmen.',
  'mail.requirement.subject': '{workspace}: Ab dem {date} braucht die Anmeldung einen Schritt mehr',
  'mail.requirement.second-factor':
    'Ab dem {from} verlangt der Arbeitsbereich {workspace} auf {installation} von allen bei der Anmeldung einen zweiten Schritt: einen Passkey oder eine Authenticator-App. Ihr Konto hat noch keines von beiden.',
  'mail.requirement.passkey':
    'Ab dem {from} verlangt der Arbeitsbereich {workspace} auf {installation} von allen die Anmeldung mit einem Passkey. Ihr Konto hat noch keinen.',
  'mail.requirement.accepted-passkey':
    'Ab dem {from} verlangt der Arbeitsbereich {workspace} auf {installation} von allen die Anmeldung mit einem Passkey eines Modells, das er akzeptiert. Ihr Konto hat noch keinen davon.',
  'mail.requirement.next': 'Richten Sie das jetzt in Ihrem Konto ein, unter „Anmeldewege“: Es dauert eine Minute.',
  'mail.requirement.button': 'Jetzt einrichten',
  'mail.requirement.otherwise':
    'Falls Sie nicht dazu kommen, sind Sie nicht ausgesperrt: Ihre erste Anmeldung nach diesem Tag führt Sie hindurch. Sobald es eingerichtet ist, senden wir keine Erinnerung mehr.',
}
