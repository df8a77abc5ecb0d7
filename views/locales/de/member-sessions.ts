/** Die Sitzungen eines Mitglieds, wie sie seine Seite in einem Arbeitsbereich zeigt. */
export const memberSessions = {
  'console.sessions.heading': 'Angemeldet bei',
  'console.sessions.lead':
    'Apps, die dieses Mitglied für diesen Arbeitsbereich verwendet. Was es anderswo tut, steht hier nicht.',
  'console.sessions.empty': 'Bei keiner App. Hier steht, wo das Mitglied sich für diesen Arbeitsbereich anmeldet.',
  'console.sessions.times': 'seit {began}, längstens bis {ends}',
  'console.sessions.end': 'Beenden',
  'console.sessions.end-what': 'Sitzung bei {what} beenden',
  'console.sessions.end-all': 'Alle Sitzungen beenden',
  'console.sessions.log': 'Von welchen Geräten sie ausgingen, im Protokoll',
  'console.confirm.end-session.heading': 'Diese Sitzung beenden?',
  'console.confirm.end-session.lead':
    '{subject} erfährt davon und erhält für dieses Mitglied nichts Neues. Was die App schon hat, gilt höchstens eine Stunde. Das Mitglied kann sich wieder anmelden.',
  'console.confirm.end-session.button': 'Sitzung beenden',
  'console.confirm.end-sessions.heading': 'Alle Sitzungen beenden?',
  'console.confirm.end-sessions.lead':
    'Alle Apps dieses Arbeitsbereichs erfahren davon und erhalten für {subject} nichts Neues. Was sie schon haben, gilt höchstens eine Stunde. Das Mitglied kann sich wieder anmelden.',
  'console.confirm.end-sessions.button': 'Alle Sitzungen beenden',
  'console.done.session-ended': 'Die Sitzung ist beendet.',
  'console.done.sessions-ended': 'Alle Sitzungen des Mitglieds sind beendet.',
}
