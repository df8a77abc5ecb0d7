import { newId } from '../../provider/kernel/ids.ts'
import { newSecret } from '../../provider/kernel/secrets.ts'
import type { ApiKeyRecord, KeptAnswer } from '../../provider/ports/api-repositories.ts'
import { anHourLater, newHash, noon } from './records.ts'

export function anApiKey(workspaceId: string, createdBy: string, changes: Partial<ApiKeyRecord> = {}) {
  return {
    workspaceId,
    id: newId(),
    name: `Key ${newSecret()}`,
    secretHash: newHash(),
    permissions: ['members.read'],
    createdBy,
    createdAt: noon,
    expiresAt: anHourLater,
    ...changes,
  }
}

export function anApiAnswer(changes: Partial<KeptAnswer> = {}): KeptAnswer {
  return {
    keyHash: newHash().toString('base64url'),
    fingerprint: newHash(),
    answer: JSON.stringify({ secret: newSecret() }),
    expiresAt: anHourLater,
    ...changes,
  }
}
