import type { secondSteps as english } from '../en/second-steps.ts'

export const secondSteps: Record<keyof typeof english, string> = {
  'other-way.totp': 'Usa un’app di autenticazione',
  'other-way.recovery-code': 'Usa un codice di recupero',
  'second-step.continue': 'Continua',
  'second-step.paused': 'Troppi codici sbagliati di seguito. Può riprovare tra {wait}.',
  'second-step.change-address': 'Usa un altro indirizzo',

  'totp-step.heading': 'Inserisca il codice della Sua app di autenticazione',
  'totp-step.label': 'Codice',
  'totp-step.hint': 'Sei cifre, con o senza spazi.',
  'totp-step.missing': 'Inserisca le sei cifre che la Sua app mostra.',
  'totp-step.wrong': 'Non è il codice che la Sua app mostra adesso. Inserisca il più recente.',
  'totp.name': 'App di autenticazione',
  'totp.name-numbered': 'App di autenticazione {number}',

  'enrol-totp.heading': 'Configuri un’app di autenticazione',
  'enrol-totp.lead': 'Va bene qualsiasi app che crea codici di sei cifre, anche quella del Suo gestore di password.',
  'enrol-totp.scan': 'Inquadri questo con l’app',
  'enrol-totp.picture': 'Codice QR per la Sua app di autenticazione. La chiave qui sotto dice lo stesso.',
  'enrol-totp.open': 'Apri un’app su questo dispositivo',
  'enrol-totp.key-name': 'Chiave',
  'enrol-totp.key': 'Oppure inserisca questa chiave nell’app:',
  'enrol-totp.confirm': 'Poi inserisca il codice che l’app mostra',
  'enrol-totp.submit': 'Conferma',
  'enrol-totp.back': 'Indietro',
  'enrol-totp.wrong':
    'Non è il codice che l’app mostra per questa chiave. Inserisca il più recente, o inquadri ancora una volta.',

  'recovery-step.heading': 'Inserisca uno dei Suoi codici di recupero',
  'recovery-step.lead': 'Ciascuno vale una volta. Ha ancora {count, plural, one {# codice} other {# codici}}.',
  'recovery-step.label': 'Codice di recupero',
  'recovery-step.hint': 'Sedici lettere e cifre, maiuscole o no, con o senza trattini.',
  'recovery-step.missing': 'Inserisca uno dei codici che ha conservato.',
  'recovery-step.wrong': 'Non è uno dei Suoi codici, oppure è già stato usato.',

  'recovery-used.heading': 'Fatto, e un codice di recupero è stato usato',
  'recovery-used.left': 'Ha ancora {count, plural, one {# codice di recupero} other {# codici di recupero}}.',
  'recovery-used.none': 'Era l’ultimo. Ne crei di nuovi nel Suo account appena ha effettuato l’accesso.',
  'recovery-used.few': 'Ne crei di nuovi nel Suo account prima che finiscano.',
  'recovery-used.lost': 'Ha perso il dispositivo? Lo rimuova nel Suo account, e ne configuri un altro.',

  'recovery-codes.file': 'Codici di recupero per {account} presso {host}. Ciascuno vale una volta.',
  'recovery-codes.print': 'Può anche stampare questa pagina: ci saranno soltanto i codici.',

  'renew-proof.heading': 'Prima mostri ancora una volta che è Lei',
  'renew-proof.lead':
    'Sta per configurare come accede, quindi ci assicuriamo che sia ancora Lei. Possiamo inviare un’e-mail a {address}.',
  'renew-proof.submit': 'Inviami un’e-mail',

  'soon-required.heading': 'Dal {date} l’accesso richiede un secondo passaggio',
  'soon-required.heading-passkey': 'Dal {date} l’accesso richiede una passkey',
  'soon-required.lead':
    'Da allora Le serve anche una passkey o un’app di autenticazione. La configuri adesso: ci vuole un minuto.',
  'soon-required.lead-passkey': 'Nessuna pagina falsa può sottrargliela. La configuri adesso: ci vuole un minuto.',
  'soon-required.heading-accepted': 'Dal {date} l’accesso richiede un’altra passkey',
  'soon-required.lead-accepted':
    'La Sua non basterà più. Saranno accettate: {models}. Ne configuri una adesso: ci vuole un minuto.',
  'soon-required.now': 'Configura adesso',
  'soon-required.later': 'Più tardi',

  'error.code-not-six-digits.title': 'Non è un codice di sei cifre',
  'error.code-not-six-digits.happened': 'Il codice di un’app di autenticazione ha sei cifre e nient’altro.',
  'error.code-not-six-digits.next': 'Inserisca le sei cifre che la Sua app mostra.',
  'error.code-used.title': 'Questo codice è già stato usato',
  'error.code-used.happened': 'Questo codice è già stato usato, e ciascuno vale una volta.',
  'error.code-used.next': 'Aspetti che la Sua app mostri il prossimo: mezzo minuto al massimo.',
  'error.clock-off.title': 'L’orologio del Suo telefono sembra sbagliato',
  'error.clock-off.happened': 'Il codice è giusto, ma per un altro momento: l’orologio del Suo telefono sembra sbagliato.',
  'error.clock-off.next': 'Lasci che il telefono imposti l’ora da solo, poi inserisca il codice che l’app mostra.',
  'error.recovery-code-form.title': 'Non è un codice di recupero',
  'error.recovery-code-form.happened': 'Un codice di recupero ha sedici lettere e cifre.',
  'error.recovery-code-form.next': 'Lo confronti con la Sua lista, e lo inserisca ancora una volta.',
  'error.tries-paused.title': 'Un momento, per favore',
  'error.tries-paused.happened': 'Sono stati inseriti troppi codici sbagliati di seguito, quindi facciamo una pausa.',
  'error.tries-paused.next': 'Aspetti un momento e riprovi, oppure acceda in un altro modo.',
  'error.too-many-devices.title': 'Le app di autenticazione sono abbastanza',
  'error.too-many-devices.happened': 'Il Suo account ha già tante app di autenticazione quante ne può avere.',
  'error.too-many-devices.next': 'Ne rimuova una che non usa più, e riprovi.',

  'copy.button': 'Copia',
  'copy.what': 'Copia: {what}',
  'copy.copied': 'Copiato.',
  'copy.refused': 'Il browser non permette di copiare. Selezioni il testo e lo copi Lei.',
}
