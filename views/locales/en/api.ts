/** The page that says how the management API is used. */
export const api = {
  'api.heading': 'Management API',
  'api.lead':
    'For programs that look after workspaces, members, roles and apps. A call carries an API key of the workspace, or the token of somebody who is signed in. What each call needs, and an example of it, is below.',
  'api.address': 'Address',
  'api.document': 'OpenAPI 3.1',
  'api.request': 'Request',
  'api.answer': 'Answer {status}',
} as const
