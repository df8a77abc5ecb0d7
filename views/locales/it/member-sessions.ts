/** Le sessioni di un membro, come le mostra la sua pagina in un’area di lavoro. */
export const memberSessions = {
  'console.sessions.heading': 'Sessioni aperte',
  'console.sessions.lead': 'Le app che questo membro usa per quest’area di lavoro. Ciò che fa altrove qui non compare.',
  'console.sessions.empty': 'Nessuna app. Quelle a cui accede per quest’area di lavoro compaiono qui.',
  'console.sessions.times': 'dal {began}, fino al {ends} al massimo',
  'console.sessions.end': 'Termina',
  'console.sessions.end-what': 'Termina la sessione di {what}',
  'console.sessions.end-all': 'Termina tutte le sessioni',
  'console.sessions.log': 'Da quali dispositivi sono state aperte, nel registro',
  'console.confirm.end-session.heading': 'Terminare questa sessione?',
  'console.confirm.end-session.lead':
    '{subject} ne è informata e non riceve più nulla di nuovo per questo membro. Ciò che ha già vale al massimo un’ora. Il membro può accedere di nuovo.',
  'console.confirm.end-session.button': 'Termina la sessione',
  'console.confirm.end-sessions.heading': 'Terminare tutte le sessioni?',
  'console.confirm.end-sessions.lead':
    'Tutte le app di quest’area di lavoro ne sono informate e non ricevono più nulla di nuovo per {subject}. Ciò che hanno già vale al massimo un’ora. Il membro può accedere di nuovo.',
  'console.confirm.end-sessions.button': 'Termina tutte le sessioni',
  'console.done.session-ended': 'La sessione è terminata.',
  'console.done.sessions-ended': 'Tutte le sessioni del membro sono terminate.',
}
