/** La pagina che dice come si usa l’API di gestione. */
export const api = {
  'api.heading': 'API di gestione',
  'api.lead':
    'Per i programmi che gestiscono aree di lavoro, membri, ruoli e app. Una chiamata porta una chiave API dell’area di lavoro, oppure il token di chi ha effettuato l’accesso. Che cosa serve per ogni chiamata è descritto qui sotto, con un esempio; le descrizioni sono in inglese.',
  'api.address': 'Indirizzo',
  'api.document': 'OpenAPI 3.1',
  'api.request': 'Richiesta',
  'api.answer': 'Risposta {status}',
}
