export const notices = {
  'address.once-more': 'Ha già effettuato l’accesso. Per continuare, mostri ancora una volta che è Lei.',
  'address.usual-way': 'Ultima scelta in questo browser: «{way}».',
  'address.signed-out.ended-here': 'È uscito il {moment}.',
  'address.signed-out.ended-elsewhere': 'Il {moment} è stato disconnesso da un altro dispositivo.',
  'address.signed-out.ended-by-notice':
    'Il {moment} tutti i Suoi dispositivi sono stati disconnessi, dopo un’e-mail su qualcosa che non era opera Sua.',
  'address.signed-out.account-suspended': 'Il {moment} è stato disconnesso, perché il Suo account è stato sospeso.',
  'address.signed-out.account-deleted':
    'Il {moment} è stato disconnesso, perché il Suo account verrà eliminato. Fino ad allora può accedere e conservarlo.',
  'address.signed-out.factor-reset':
    'Il {moment} è stato disconnesso, perché i modi di accesso del Suo account sono stati reimpostati.',

  'mail.notice.subject': '{installation}: {heading}',
  'mail.notice.account': 'Riguarda il Suo account presso {installation}.',
  'mail.notice.passkey-added': 'È stata aggiunta una passkey',
  'mail.notice.passkey-removed': 'È stata rimossa una passkey',
  'mail.notice.passkey-renamed': 'È stata rinominata una passkey',
  'mail.notice.passkey-suspicious': 'Una passkey potrebbe essere stata copiata',
  'mail.notice.passkey-suspicious-next':
    'Ha risposto come farebbe solo una copia, perciò non è stata accettata. Acceda in un altro modo, la rimuova nel Suo account e ne configuri una nuova.',
  'mail.notice.authenticator-added': 'È stata aggiunta un’app di autenticazione',
  'mail.notice.authenticator-removed': 'È stata rimossa un’app di autenticazione',
  'mail.notice.authenticator-renamed': 'È stata rinominata un’app di autenticazione',
  'mail.notice.recovery-codes-made': 'Sono stati creati nuovi codici di recupero',
  'mail.notice.recovery-code-used': 'È stato usato un codice di recupero',
  'mail.notice.address-added': 'È stato aggiunto un indirizzo e-mail',
  'mail.notice.address-removed': 'È stato rimosso un indirizzo e-mail',
  'mail.notice.primary-address-changed': 'Ora l’indirizzo e-mail principale è un altro',
  'mail.notice.service-linked': 'È stato collegato un account di un altro servizio',
  'mail.notice.service-unlinked': 'È stato scollegato un account di un altro servizio',
  'mail.notice.new-device': 'Un accesso da un nuovo dispositivo',
  'mail.notice.sessions-ended': 'Alcuni dispositivi sono stati disconnessi',
  'mail.notice.erasure-scheduled': 'Il Suo account sarà eliminato',
  'mail.notice.erasure-scheduled-next':
    'Se è stato Lei, non deve fare nulla. Se cambia idea, acceda a {url} entro quel giorno e scelga «Conserva il mio account».',
  'mail.notice.erasure-taken-back': 'Il Suo account non sarà eliminato',
  'mail.notice.more-happened': 'Altre modifiche nel Suo account',
  'mail.notice.more-happened-next':
    'In un’ora ci sono state molte modifiche, e delle successive La informa solo questa e-mail. Sono tutte sotto «Attività» nel Suo account: {url}. Se le ha fatte Lei, non c’è nulla da fare.',
  'mail.notice.fact.time': 'Ora',
  'mail.notice.fact.place': 'Luogo',
  'mail.notice.fact.name': 'Nome',
  'mail.notice.fact.name-before': 'Nome precedente',
  'mail.notice.fact.codes-left': 'Codici rimasti',
  'mail.notice.fact.address': 'Indirizzo',
  'mail.notice.fact.service': 'Servizio',
  'mail.notice.fact.sessions': 'Dispositivi disconnessi',
  'mail.notice.fact.erased': 'Eliminato il',
  'mail.notice.if-you': 'Se è stato Lei, non deve fare nulla.',
  'mail.notice.if-not-you':
    'Se non è stato Lei, forse qualcun altro ha accesso al Suo account. Qui può disconnettere tutti e poi controllare i modi di accesso del Suo account:',
  'mail.notice.button': 'Disconnetti tutti',
  'mail.notice.inert':
    'Aprire la pagina non cambia ancora nulla: prima Le si chiede di accedere. Nessuno Le chiederà mai un codice per telefono o per e-mail.',
  'mail.button-fallback': 'Se il pulsante non funziona, copi questo indirizzo nel Suo browser:',
}
