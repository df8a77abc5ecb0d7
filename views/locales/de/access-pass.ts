/** Der Pass, den ein Admin denen gibt, deren Anmeldewege er zurückgesetzt hat. */
export const accessPass = {
  'other-way.access-pass': 'Befristeten Pass verwenden',
  'access-pass-step.heading': 'Geben Sie Ihren befristeten Pass ein',
  'access-pass-step.lead':
    'Ein Admin Ihres Arbeitsbereichs hat Ihre anderen Anmeldewege zurückgesetzt und hat einen Pass für Sie. Er gilt einmal und nur kurze Zeit.',
  'access-pass-step.label': 'Befristeter Pass',
  'access-pass-step.hint': 'Sechzehn Buchstaben und Ziffern, groß oder klein, mit oder ohne Bindestriche.',
  'access-pass-step.missing': 'Geben Sie den Pass ein, den Sie erhalten haben.',
  'access-pass-step.wrong': 'Das ist nicht der Pass, der zuletzt für Sie erstellt wurde.',
  'access-pass-over.heading': 'Ihr befristeter Pass gilt nicht mehr',
  'access-pass-over.lead':
    'Er wurde verwendet, oder seine Zeit ist um. Bitten Sie einen Admin Ihres Arbeitsbereichs um einen neuen.',
  'access-pass-used.heading': 'Ihr befristeter Pass ist verbraucht',
  'access-pass-used.lead':
    'Richten Sie jetzt einen Passkey oder eine Authenticator-App ein: Es dauert eine Minute. Sonst brauchen Sie beim nächsten Mal einen neuen Pass.',
  'error.access-pass-form.title': 'Das ist kein befristeter Pass',
  'error.access-pass-form.happened': 'Ein befristeter Pass besteht aus sechzehn Buchstaben und Ziffern.',
  'error.access-pass-form.next': 'Vergleichen Sie ihn mit dem, was Sie erhalten haben, und geben Sie ihn noch einmal ein.',
  'error.access-pass-over.title': 'Dieser Pass gilt nicht mehr',
  'error.access-pass-over.happened': 'Der befristete Pass wurde verwendet, oder seine Zeit ist um.',
  'error.access-pass-over.next': 'Bitten Sie einen Admin Ihres Arbeitsbereichs um einen neuen.',
  'error.member-elsewhere.title': 'Die Person gehört noch anderen Arbeitsbereichen an',
  'error.member-elsewhere.happened':
    'Womit sich jemand anmeldet, schützt alle Arbeitsbereiche dieser Person. Deshalb können es die Admins eines einzelnen nicht zurücksetzen, solange die Person noch einem anderen angehört.',
  'error.member-elsewhere.next':
    'Es wurde nichts geändert. Die Person kann einen Wiederherstellungscode verwenden oder zuerst die anderen Arbeitsbereiche verlassen.',
  'account.activity.factors.reset': 'Anmeldewege von einem Admin zurückgesetzt',
  'account.activity.access-pass.used': 'Befristeter Pass verwendet',
  'mail.notice.factors-reset': 'Ihre Anmeldewege wurden zurückgesetzt',
  'mail.notice.factors-reset-next':
    'Das hat ein Admin von {workspace} getan. Ihre Passkeys, Authenticator-Apps und Wiederherstellungscodes gelten nicht mehr, und Sie sind überall abgemeldet. Zum Anmelden brauchen Sie den befristeten Pass, den der Admin für Sie hat; er gilt einmal und nur kurze Zeit.',
  'mail.notice.factors-reset-not-you':
    'Wenn Sie davon nichts wissen, fragen Sie beim Admin nach, bevor Sie den Pass verwenden. Sobald Sie wieder angemeldet sind, können Sie hier alle abmelden:',
  'mail.notice.access-pass-made': 'Sie haben die Anmeldewege eines Mitglieds zurückgesetzt',
  'mail.notice.fact.workspace': 'Arbeitsbereich',
  'mail.notice.fact.member': 'Mitglied',
  'console.member.reset': 'Anmeldewege zurücksetzen',
  'console.member.reset-lead':
    'Für ein Mitglied, das verloren hat, womit es sich anmeldet. Sie erhalten einen befristeten Pass zum Weitergeben.',
  'console.confirm.reset-member.heading': 'Die Anmeldewege zurücksetzen?',
  'console.confirm.reset-member.lead':
    'Passkeys, Authenticator-Apps und Wiederherstellungscodes von {subject} gelten nicht mehr, und die Person wird überall abgemeldet. Sie sehen einmal einen befristeten Pass, mit dem sie sich neben der E-Mail anmeldet und Neues einrichtet. Sie beide erfahren davon per E-Mail.',
  'console.confirm.reset-member.button': 'Zurücksetzen',
  'console.pass.heading': 'Ein befristeter Pass zum Weitergeben',
  'console.pass.lead':
    'Die Anmeldewege von {address} sind zurückgesetzt. Geben Sie diesen Pass selbst weiter, nachdem Sie sich vergewissert haben, dass es wirklich diese Person ist: am Telefon oder persönlich.',
  'console.pass.show': 'Pass anzeigen',
  'console.pass.good': 'Gilt für',
  'console.pass.lasts': 'Eine Anmeldung, noch {lasts}',
  'console.pass.for':
    'Die Person beginnt die Anmeldung wie gewohnt per E-Mail, wird nach dem Pass gefragt und richtet dann einen Passkey oder eine Authenticator-App ein.',
  'console.pass.once':
    'Er wird nur jetzt gezeigt und nirgends aufbewahrt. Wenn er verloren geht oder seine Zeit um ist, setzen Sie die Anmeldewege noch einmal zurück.',
  'console.pass.done': 'Der Pass ist übergeben',
  'console.own-ways.heading': 'Ihre eigenen sind in Ihrem Konto',
  'console.own-ways.lead':
    'Womit Sie sich selbst anmelden, ändern Sie in Ihrem Konto. Wenn Sie es verloren haben, kann ein anderer Admin es für Sie zurücksetzen. Es wurde nichts geändert.',
  'console.own-ways.link': 'Meine Anmeldewege öffnen',
  'console.action.factors.reset': 'Anmeldewege zurückgesetzt',
  'console.action.access-pass.made': 'Befristeter Pass erstellt',
  'console.action.access-pass.used': 'Befristeter Pass verwendet',
  'console.action.access-pass.refused': 'Falscher befristeter Pass eingegeben',
}
