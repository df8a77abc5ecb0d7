/** Il pass che un Admin dà a chi ha visto reimpostati i modi di accedere. */
export const accessPass = {
  'other-way.access-pass': 'Usa un pass temporaneo',
  'access-pass-step.heading': 'Inserisca il Suo pass temporaneo',
  'access-pass-step.lead':
    'Un Admin della Sua area di lavoro ha reimpostato gli altri modi di accedere, e ha un pass per Lei. Vale una volta, per poco tempo.',
  'access-pass-step.label': 'Pass temporaneo',
  'access-pass-step.hint': 'Sedici lettere e cifre, maiuscole o no, con o senza trattini.',
  'access-pass-step.missing': 'Inserisca il pass che ha ricevuto.',
  'access-pass-step.wrong': 'Non è l’ultimo pass creato per Lei.',
  'access-pass-over.heading': 'Il Suo pass temporaneo non vale più',
  'access-pass-over.lead':
    'È stato usato, oppure il suo tempo è scaduto. Ne chieda uno nuovo a un Admin della Sua area di lavoro.',
  'access-pass-used.heading': 'Il Suo pass temporaneo è stato usato',
  'access-pass-used.lead':
    'Configuri ora una passkey o un’app di autenticazione: basta un minuto. Altrimenti la prossima volta Le servirà un nuovo pass.',
  'error.access-pass-form.title': 'Non è un pass temporaneo',
  'error.access-pass-form.happened': 'Un pass temporaneo ha sedici lettere e cifre.',
  'error.access-pass-form.next': 'Lo confronti con quello che ha ricevuto, e lo inserisca ancora una volta.',
  'error.access-pass-over.title': 'Questo pass non vale più',
  'error.access-pass-over.happened': 'Il pass temporaneo è stato usato, oppure il suo tempo è scaduto.',
  'error.access-pass-over.next': 'Ne chieda uno nuovo a un Admin della Sua area di lavoro.',
  'error.member-elsewhere.title': 'Questa persona appartiene anche ad altre aree di lavoro',
  'error.member-elsewhere.happened':
    'Ciò con cui una persona accede protegge tutte le sue aree di lavoro. Perciò gli Admin di una non possono reimpostarlo finché è membro di un’altra.',
  'error.member-elsewhere.next':
    'Non è stato modificato nulla. La persona può usare un codice di recupero, o lasciare prima le altre aree di lavoro.',
  'account.activity.factors.reset': 'Modi di accedere reimpostati da un Admin',
  'account.activity.access-pass.used': 'Pass temporaneo usato',
  'mail.notice.factors-reset': 'I Suoi modi di accedere sono stati reimpostati',
  'mail.notice.factors-reset-next':
    'Lo ha fatto un Admin di {workspace}. Le Sue passkey, app di autenticazione e codici di recupero non valgono più, ed è stata eseguita la disconnessione ovunque. Per accedere Le serve il pass temporaneo che l’Admin ha per Lei; vale una volta, per poco tempo.',
  'mail.notice.factors-reset-not-you':
    'Se non ne sa nulla, chieda all’Admin prima di usare il pass. Quando avrà di nuovo accesso, potrà disconnettere tutti qui:',
  'mail.notice.access-pass-made': 'Ha reimpostato i modi di accedere di un membro',
  'mail.notice.fact.workspace': 'Area di lavoro',
  'mail.notice.fact.member': 'Membro',
  'console.member.reset': 'Reimposta i modi di accedere',
  'console.member.reset-lead': 'Per un membro che ha perso ciò con cui accede. Riceve un pass temporaneo da consegnargli.',
  'console.confirm.reset-member.heading': 'Reimpostare i modi di accedere?',
  'console.confirm.reset-member.lead':
    'Le passkey, le app di autenticazione e i codici di recupero di {subject} non varranno più, e la persona verrà disconnessa ovunque. Lei vedrà una sola volta un pass temporaneo, con cui la persona accede oltre all’e-mail e ne configura di nuovi. Entrambi ne sarete informati per e-mail.',
  'console.confirm.reset-member.button': 'Reimposta',
  'console.pass.heading': 'Un pass temporaneo da consegnare',
  'console.pass.lead':
    'I modi di accedere di {address} sono reimpostati. Consegni questo pass a voce, per telefono o di persona, dopo aver verificato che sia davvero quella persona.',
  'console.pass.show': 'Mostra il pass',
  'console.pass.good': 'Vale per',
  'console.pass.lasts': 'Un accesso, ancora {lasts}',
  'console.pass.for':
    'La persona inizia ad accedere per e-mail come al solito, le viene chiesto il pass, e poi configura una passkey o un’app di autenticazione.',
  'console.pass.once':
    'Viene mostrato solo ora, e non è conservato da nessuna parte. Se va perso o il suo tempo scade, reimposti ancora una volta i modi di accedere.',
  'console.pass.done': 'Il pass è consegnato',
  'console.own-ways.heading': 'I Suoi sono nel Suo account',
  'console.own-ways.lead':
    'Ciò con cui Lei accede si cambia nel Suo account. Se l’ha perso, un altro Admin può reimpostarlo per Lei. Non è stato modificato nulla.',
  'console.own-ways.link': 'Apri i miei modi di accedere',
  'console.action.factors.reset': 'Modi di accedere reimpostati',
  'console.action.access-pass.made': 'Pass temporaneo creato',
  'console.action.access-pass.used': 'Pass temporaneo usato',
  'console.action.access-pass.refused': 'Pass temporaneo errato inserito',
}
