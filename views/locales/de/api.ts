/** Die Seite, die sagt, wie die Verwaltungs-API benutzt wird. */
export const api = {
  'api.heading': 'Verwaltungs-API',
  'api.lead':
    'Für Programme, die Arbeitsbereiche, Mitglieder, Rollen und Apps verwalten. Ein Aufruf bringt einen API-Schlüssel des Arbeitsbereichs mit, oder das Token einer angemeldeten Person. Was jeder Aufruf braucht, steht unten, mit einem Beispiel; die Beschreibungen sind auf Englisch.',
  'api.address': 'Adresse',
  'api.document': 'OpenAPI 3.1',
  'api.request': 'Anfrage',
  'api.answer': 'Antwort {status}',
}
