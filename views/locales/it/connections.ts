/** Accounts elsewhere. */
export const connections = {
  'upstream.continue': 'Continua con {service}',
  'upstream.other-way': 'Usa un altro modo',
  'upstream.try-again': 'Riprova con {service}',
  'upstream.back-to-account': 'Torna al Suo account',
  'upstream-away.heading': 'Acceda con {service}',
  'upstream-away.lead': 'Stava andando da {service}. Continui lì, oppure scelga un altro modo per accedere.',
  'prove-address.heading': 'Confermi il Suo indirizzo e-mail',
  'prove-address.lead':
    'Ha effettuato l’accesso con {service}. Per vedere quale account qui è il Suo, inviamo un’e-mail al Suo indirizzo.',
  'prove-address.hint': 'Se ha già un account qui, ne usi l’indirizzo.',
  'link-account.heading': 'Collegare il Suo account {service} a {address}?',
  'link-account.lead': 'Da quel momento può accedere qui con {service}. Può annullarlo in ogni momento nel Suo account.',
  'link-account.there': 'Da {service} Lei è {address}.',
  'link-account.not-yours': 'Non colleghi un account che usano anche altri: potrebbero accedere al posto Suo.',
  'link-account.yes': 'Sì, collega',
  'link-account.no': 'No, continua senza',
  'upstream-refused.from-app': 'Torni all’app e acceda da lì.',
  'upstream-refused.consent-refused.heading': 'Non ha continuato da {service}',
  'upstream-refused.consent-refused.happened':
    '{service} ci dice che Lei, o chi gestisce il Suo account, ha rifiutato. Non è cambiato nulla.',
  'upstream-refused.upstream-unavailable.heading': '{service} non risponde',
  'upstream-refused.upstream-unavailable.happened':
    'In questo momento non riusciamo a raggiungere {service}. Riprovi tra un attimo, o usi un altro modo.',
  'upstream-refused.upstream-misconfigured.heading': '{service} non è utilizzabile in questo momento',
  'upstream-refused.upstream-misconfigured.happened':
    'Quello che {service} invia non corrisponde a quanto è configurato qui. Chi gestisce questo servizio deve occuparsene. Intanto usi un altro modo.',
  'upstream-refused.mix-up.heading': 'Questa risposta non è per questo browser',
  'upstream-refused.mix-up.happened':
    'È arrivata una risposta di {service} che qui non era stata chiesta. Nessuno ha effettuato l’accesso.',
  'upstream-refused.expired.heading': 'Ci è voluto troppo tempo',
  'upstream-refused.expired.happened':
    'Quello che {service} ha inviato è arrivato troppo tardi, o è già stato usato. Riprovi: ci vuole un attimo.',
  'upstream-refused.clock-off.heading': 'Gli orologi non vanno d’accordo',
  'upstream-refused.clock-off.happened':
    'L’orologio di {service} e il nostro sono troppo distanti per fidarsi della risposta. Chi gestisce questo servizio deve occuparsene. Intanto usi un altro modo.',
  'upstream-refused.keys-unknown.heading': '{service} non si può verificare',
  'upstream-refused.keys-unknown.happened':
    'La risposta è firmata con una chiave che {service} non pubblica, quindi non ce ne fidiamo. Riprovi tra un attimo, o usi un altro modo.',
  'upstream-refused.token-unacceptable.heading': 'Non abbiamo potuto fidarci della risposta',
  'upstream-refused.token-unacceptable.happened':
    'Quello che {service} ha inviato non mostra con certezza chi è Lei, quindi nessuno ha effettuato l’accesso. Usi un altro modo.',
  'upstream-refused.sign-in-too-old.heading': 'Serve un nuovo accesso',
  'upstream-refused.sign-in-too-old.happened':
    'L’app vuole che Lei acceda di nuovo, e {service} non mostra che lo ha appena fatto. Usi un altro modo.',
  'upstream-refused.account-not-allowed.heading': 'Questo account qui non è ammesso',
  'upstream-refused.account-not-allowed.happened':
    'Qui possono accedere con {service} solo gli account di certe organizzazioni, e questo non è tra quelli. Usi un altro account, o un altro modo.',
  'upstream-refused.somebody-elses.heading': 'Questo account {service} è già collegato',
  'upstream-refused.somebody-elses.happened': 'Qui è collegato a un altro account. Acceda prima a quello e lo scolleghi.',

  'account.confirm.link.heading': 'Collegare un account?',
  'account.confirm.link.lead':
    'Va da {subject} e lì sceglie il Suo account. Da quel momento può usarlo per accedere qui. Non ne prenda uno che usano anche altri.',
  'account.confirm.link.button': 'Vai al servizio',
  'account.done.linked': 'L’account è collegato: ora può usarlo per accedere.',
}
