/** Les sessions d’un membre, telles que sa page dans un espace de travail les montre. */
export const memberSessions = {
  'console.sessions.heading': 'Sessions ouvertes',
  'console.sessions.lead':
    'Les applications que ce membre utilise pour cet espace de travail. Ce qu’il fait ailleurs n’apparaît pas ici.',
  'console.sessions.empty': 'Aucune application. Celles auxquelles ce membre se connecte pour cet espace apparaissent ici.',
  'console.sessions.times': 'depuis le {began}, jusqu’au {ends} au plus tard',
  'console.sessions.end': 'Fermer',
  'console.sessions.end-what': 'Fermer la session de {what}',
  'console.sessions.end-all': 'Fermer toutes les sessions',
  'console.sessions.log': 'Depuis quels appareils elles ont été ouvertes, dans le journal d’audit',
  'console.confirm.end-session.heading': 'Fermer cette session ?',
  'console.confirm.end-session.lead':
    '{subject} en est informée et ne reçoit plus rien de nouveau pour ce membre. Ce qu’elle a déjà vaut une heure au plus. Ce membre peut se reconnecter.',
  'console.confirm.end-session.button': 'Fermer la session',
  'console.confirm.end-sessions.heading': 'Fermer toutes les sessions ?',
  'console.confirm.end-sessions.lead':
    'Toutes les applications de cet espace de travail en sont informées et ne reçoivent plus rien de nouveau pour {subject}. Ce qu’elles ont déjà vaut une heure au plus. Ce membre peut se reconnecter.',
  'console.confirm.end-sessions.button': 'Fermer toutes les sessions',
  'console.done.session-ended': 'La session est fermée.',
  'console.done.sessions-ended': 'Toutes les sessions de ce membre sont fermées.',
}
