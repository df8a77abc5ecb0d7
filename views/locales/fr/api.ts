/** La page qui dit comment l’API de gestion s’utilise. */
export const api = {
  'api.heading': 'API de gestion',
  'api.lead':
    'Pour les programmes qui gèrent espaces de travail, membres, rôles et applications. Un appel porte une clé d’API de l’espace de travail, ou le jeton d’une personne connectée. Ce que demande chaque appel est décrit ci-dessous, avec un exemple ; les descriptions sont en anglais.',
  'api.address': 'Adresse',
  'api.document': 'OpenAPI 3.1',
  'api.request': 'Demande',
  'api.answer': 'Réponse {status}',
}
