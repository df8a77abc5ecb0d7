import { type ApiReferenceOperation, renderApiReference } from '../../views/api/reference.tsx'
import type { PageContext } from '../../views/page-context.ts'

const operation = {
  description: undefined,
  who: 'Needs the permission `members.read`.',
  status: 200,
  query: [],
  request: undefined,
  conditional: false,
}

const operations: ApiReferenceOperation[] = [
  {
    ...operation,
    id: 'listMembers',
    method: 'GET',
    path: '/api/v1/workspaces/{workspaceId}/members',
    summary: 'The members, a page of them',
    query: [['limit', '50']],
    answer: { items: [{ userId: '0195f2f4-6c1c-7b6e-9c53-7f0f9f1e2d3c', roles: ['viewer'] }], next: null },
  },
  {
    ...operation,
    id: 'changeMemberRoles',
    method: 'PUT',
    path: '/api/v1/workspaces/{workspaceId}/members/{userId}/roles',
    summary: 'Other roles for a member',
    description: 'Apps see it with the next token, within the hour.',
    who: 'Needs the permission `members.manage`.',
    conditional: true,
    request: { roles: ['viewer', 'manager'] },
    answer: { roles: ['manager', 'viewer'] },
  },
  {
    ...operation,
    id: 'removeMember',
    method: 'DELETE',
    path: '/api/v1/workspaces/{workspaceId}/members/{userId}',
    summary: 'Ends a membership',
    status: 204,
    answer: undefined,
  },
]

export const apiStates = [
  {
    name: 'api-reference',
    render: (page: PageContext) =>
      renderApiReference(page, {
        issuer: 'https://id.example.com',
        apiPath: '/api/v1',
        documentPath: '/api/v1/openapi.json',
        sections: [
          { title: 'Members', operations },
          { title: 'Roles', operations: operations.slice(0, 1).map(each => ({ ...each, id: 'listRoles' })) },
        ],
      }),
  },
]
