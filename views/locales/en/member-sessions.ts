/** The sessions of a member, as their page in a workspace shows them. */
export const memberSessions = {
  'console.sessions.heading': 'Signed in to',
  'console.sessions.lead': 'Apps that this member uses for this workspace. What they do elsewhere isn’t shown here.',
  'console.sessions.empty': 'No app. Whatever they sign in to for this workspace shows up here.',
  'console.sessions.times': 'since {began}, until {ends} at the latest',
  'console.sessions.end': 'End',
  'console.sessions.end-what': 'End the session with {what}',
  'console.sessions.end-all': 'End all sessions',
  'console.sessions.log': 'From which devices they came, in the audit log',
  'console.confirm.end-session.heading': 'End this session?',
  'console.confirm.end-session.lead':
    '{subject} is told, and gets nothing new for this member. What it has already works for an hour at most. They can sign in again.',
  'console.confirm.end-session.button': 'End the session',
  'console.confirm.end-sessions.heading': 'End all sessions?',
  'console.confirm.end-sessions.lead':
    'All apps of this workspace are told, and get nothing new for {subject}. What they have already works for an hour at most. The member can sign in again.',
  'console.confirm.end-sessions.button': 'End all sessions',
  'console.done.session-ended': 'The session is over.',
  'console.done.sessions-ended': 'All of their sessions are over.',
} as const
