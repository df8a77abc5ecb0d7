import { newId } from '../../provider/kernel/ids.ts'
import { newSecret } from '../../provider/kernel/secrets.ts'
import { anApiKey } from '../support/api-records.ts'
import {
  aChallenge,
  aFamily,
  anAccessPass,
  anAddressClaim,
  anAttempt,
  anHourLater,
  anUpstreamIdentity,
  aPasskey,
  aRecoveryCode,
  aSession,
  aSigningKey,
  aTotpDevice,
  newAddress,
  newHash,
  noon,
} from '../support/records.ts'
import { auditAttacks } from './audit-attacks.ts'
import { always, type Attacks } from './attack.ts'
import { foundingAttacks } from './founding-attacks.ts'

const everything = { after: undefined, limit: 1000 }

export const attacks: Attacks = {
  users: {
    findById: ({ users }, theirs) => users.findById(theirs.user.id),
    findWithFactors: ({ users }, theirs) => users.findWithFactors(theirs.user.id),
    findByAddress: ({ users }, theirs) => users.findByAddress(theirs.user.address),
    confirmAddress: ({ users }, theirs) => users.confirmAddress(theirs.user.id, theirs.user.address),
    create: ({ users }) => users.create({ id: newId(), address: newAddress(), locale: 'en', createdAt: noon }),
  },
  accounts: {
    // What is counted of nobody's is nothing.
    findFactors: async ({ accounts }, theirs) => {
      const { passkeys, totpDevices, recoveryCodes, upstreamIdentities } = await accounts.findFactors(theirs.user.id)
      return passkeys.length + totpDevices + recoveryCodes + upstreamIdentities
    },
    changeName: ({ accounts }, theirs) => accounts.changeName(theirs.user.id, 'Mallory'),
    changeLocale: ({ accounts }, theirs) => accounts.changeLocale(theirs.user.id, 'fr'),
    listAddresses: ({ accounts }, theirs) => accounts.listAddresses(theirs.user.id),
    addAddress: ({ accounts }, theirs) =>
      accounts.addAddress({ id: newId(), userId: theirs.user.id, address: newAddress(), verifiedAt: noon }),
    removeAddress: ({ accounts }, theirs) => accounts.removeAddress(theirs.user.id, theirs.otherAddress.id),
    makePrimary: ({ accounts }, theirs) => accounts.makePrimary(theirs.user.id, theirs.otherAddress.id),
    replaceAddressClaim: ({ accounts }, theirs) => accounts.replaceAddressClaim(anAddressClaim(theirs.user.id)),
    // A lock shows and changes nothing.
    lock: ({ accounts }, theirs) => accounts.lock(theirs.user.id),
    findAddressClaim: ({ accounts }, theirs) => accounts.findAddressClaim(theirs.user.id),
    countAddressClaimTry: ({ accounts }, theirs) => accounts.countAddressClaimTry(theirs.user.id),
    deleteAddressClaim: ({ accounts }, theirs) => accounts.deleteAddressClaim(theirs.user.id),
    voidProofs: ({ accounts }, theirs) => accounts.voidProofs(theirs.user.id, noon, undefined),
    scheduleErasure: ({ accounts }, theirs) => accounts.scheduleErasure(theirs.user.id, undefined),
    listDueForErasure: ({ accounts }) => accounts.listDueForErasure(always, 100),
    erase: async ({ accounts }, theirs) => (await accounts.erase(theirs.user.id, noon, 100)).kind === 'erased',
    eraseRemains: async ({ accounts }, theirs) => !(await accounts.eraseRemains(theirs.user.id, 100)),
    findOrCreatePasskeyHandle: ({ accounts }, theirs) => accounts.findOrCreatePasskeyHandle(theirs.user.id),
  },
  passkeys: {
    listForUser: ({ passkeys }, theirs) => passkeys.listForUser(theirs.user.id),
    findByCredentialId: ({ passkeys }, theirs) => passkeys.findByCredentialId(theirs.passkey.credentialId),
    create: ({ passkeys }, theirs) => passkeys.create(aPasskey(theirs.user.id)),
    recordUse: ({ passkeys }, theirs) => passkeys.recordUse({ ...theirs.passkey, signCount: 9, usedAt: noon }),
    rename: ({ passkeys }, theirs) => passkeys.rename(theirs.user.id, theirs.passkey.id, 'Mine'),
    delete: ({ passkeys }, theirs) => passkeys.delete(theirs.user.id, theirs.passkey.id),
  },
  totpDevices: {
    listForUser: ({ totpDevices }, theirs) => totpDevices.listForUser(theirs.user.id),
    create: ({ totpDevices }, theirs) => totpDevices.create(aTotpDevice(theirs.user.id)),
    takeStep: ({ totpDevices }, { user, totpDevice }) =>
      totpDevices.takeStep(user.id, totpDevice.id, totpDevice.lastStep + 1, noon),
    rename: ({ totpDevices }, theirs) => totpDevices.rename(theirs.user.id, theirs.totpDevice.id, 'Mine'),
    delete: ({ totpDevices }, theirs) => totpDevices.delete(theirs.user.id, theirs.totpDevice.id),
  },
  recoveryCodes: {
    replaceAll: ({ recoveryCodes }, theirs) => recoveryCodes.replaceAll(theirs.user.id, [aRecoveryCode()], noon),
    use: ({ recoveryCodes }, theirs) => recoveryCodes.use(theirs.user.id, theirs.recoveryCode.codeHash, noon),
    findState: ({ recoveryCodes }, theirs) => recoveryCodes.findState(theirs.user.id),
    deleteAll: ({ recoveryCodes }, theirs) => recoveryCodes.deleteAll(theirs.user.id),
  },
  accessPasses: {
    find: ({ accessPasses }, theirs) => accessPasses.find(theirs.user.id),
    replace: ({ accessPasses }, theirs) => accessPasses.replace(anAccessPass(theirs.workspace.id, theirs.user.id)),
    use: ({ accessPasses }, theirs) => accessPasses.use(theirs.user.id, theirs.accessPass.passHash, noon),
    delete: ({ accessPasses }, theirs) => accessPasses.delete(theirs.user.id),
  },
  factorFailures: {
    find: ({ factorFailures }, theirs) => factorFailures.find(theirs.user.id, 'totp'),
    increment: ({ factorFailures }, theirs) => factorFailures.increment(theirs.user.id, 'totp', noon),
    reset: ({ factorFailures }, theirs) => factorFailures.reset(theirs.user.id, 'totp'),
  },
  upstreamIdentities: {
    find: ({ upstreamIdentities }, { upstreamIdentity: { connection, issuer, subject } }) =>
      upstreamIdentities.find(connection, issuer, subject),
    listForUser: ({ upstreamIdentities }, theirs) => upstreamIdentities.listForUser(theirs.user.id),
    create: ({ upstreamIdentities }, theirs) => upstreamIdentities.create(anUpstreamIdentity(theirs.user.id)),
    recordUse: ({ upstreamIdentities }, theirs) =>
      upstreamIdentities.recordUse(theirs.user.id, theirs.upstreamIdentity.id, { address: undefined, usedAt: anHourLater }),
    delete: ({ upstreamIdentities }, theirs) => upstreamIdentities.delete(theirs.user.id, theirs.upstreamIdentity.id),
  },
  knownBrowsers: {
    find: ({ knownBrowsers }, theirs) => knownBrowsers.find(theirs.user.id, theirs.browserHash),
    findLastMethod: ({ knownBrowsers }, theirs) => knownBrowsers.findLastMethod(theirs.browserHash),
    remember: ({ knownBrowsers }, { user, browserHash }) =>
      knownBrowsers.remember({ userId: user.id, browserHash, method: 'email' }, anHourLater),
    recordPasskeyOffer: ({ knownBrowsers }, theirs) =>
      knownBrowsers.recordPasskeyOffer(theirs.user.id, theirs.browserHash, anHourLater),
    forgetOthers: ({ knownBrowsers }, theirs) => knownBrowsers.forgetOthers(theirs.user.id, Buffer.alloc(32)),
    deleteOlderThan: ({ knownBrowsers }) => knownBrowsers.deleteOlderThan(always, 100),
  },
  workspaces: {
    create: ({ workspaces }) =>
      workspaces.create({ id: newId(), slug: `w-${newId()}`, name: 'A company', personal: false, createdAt: noon }),
    findById: ({ workspaces }, theirs) => workspaces.findById(theirs.workspace.id),
    addMember: ({ workspaces }, theirs, ours) =>
      workspaces.addMember({ workspaceId: theirs.workspace.id, userId: ours.user.id, roles: ['Admin'], createdAt: noon }),
    listForUser: ({ workspaces }, theirs) => workspaces.listForUser(theirs.user.id),
    listMembershipFacts: ({ workspaces }, theirs) => workspaces.listMembershipFacts(theirs.user.id),
    findBySlug: ({ workspaces }, theirs) => workspaces.findBySlug(theirs.workspace.slug),
    // A lock shows and changes nothing.
    lock: ({ workspaces }, theirs) => workspaces.lock(theirs.workspace.id),
    rename: ({ workspaces }, theirs) => workspaces.rename(theirs.workspace.id, 'Mine'),
    changeStatus: ({ workspaces }, theirs) => workspaces.changeStatus(theirs.workspace.id, 'suspended'),
    changePlan: ({ workspaces }, theirs) => workspaces.changePlan(theirs.workspace.id, 'enterprise'),
    changeRequirement: ({ workspaces }, theirs) =>
      workspaces.changeRequirement(theirs.workspace.id, { level: 'none', from: noon, authenticators: undefined }),
    delete: ({ workspaces }, theirs) => workspaces.delete(theirs.workspace.id, noon),
    deleteRemains: async ({ workspaces }, theirs) => !(await workspaces.deleteRemains(theirs.workspace.id, 100)),
    scheduleDeletion: ({ workspaces }, theirs) => workspaces.scheduleDeletion(theirs.workspace.id, noon),
    listDueForDeletion: ({ workspaces }) => workspaces.listDueForDeletion(always, 100),
    // Of all that there are, whoever asks sees their own.
    list: async ({ workspaces }, theirs) => (await workspaces.list(everything)).filter(({ id }) => id === theirs.workspace.id),
  },
  members: {
    find: ({ members }, theirs) => members.find(theirs.workspace.id, theirs.user.id),
    findByAddress: ({ members }, theirs) => members.findByAddress(theirs.workspace.id, theirs.user.address),
    list: ({ members }, theirs) => members.list(theirs.workspace.id, everything),
    count: ({ members }, theirs) => members.count(theirs.workspace.id),
    listLacking: ({ members }, theirs) => members.listLacking(theirs.workspace.id, 'phishing-resistant', everything),
    countLacking: ({ members }, theirs) => members.countLacking(theirs.workspace.id, 'phishing-resistant'),
    countHolders: ({ members }, theirs) => members.countHolders(theirs.workspace.id, 'Admin'),
    isHeldByAnother: ({ members }, theirs, mine) => members.isHeldByAnother(theirs.workspace.id, 'Admin', mine.user.id),
    changeRoles: ({ members }, theirs) => members.changeRoles(theirs.workspace.id, theirs.user.id, ['viewer']),
    remove: ({ members }, theirs) => members.remove(theirs.workspace.id, theirs.user.id, noon),
  },
  roles: {
    list: ({ roles }, theirs) => roles.list(theirs.workspace.id),
    find: ({ roles }, theirs) => roles.find(theirs.workspace.id, theirs.role.key),
    create: ({ roles }, theirs) => roles.create({ ...theirs.role, key: 'another' }),
    change: ({ roles }, theirs) => roles.change(theirs.workspace.id, theirs.role.key, { name: 'Mine', permissions: [] }),
    delete: ({ roles }, theirs) => roles.delete(theirs.workspace.id, theirs.role.key),
  },
  ...foundingAttacks,
  apiKeys: {
    create: ({ apiKeys }, theirs) => apiKeys.create(anApiKey(theirs.workspace.id, theirs.user.id)),
    findFacts: ({ apiKeys }, theirs) => apiKeys.findFacts(theirs.apiKey.id),
    find: ({ apiKeys }, theirs) => apiKeys.find(theirs.workspace.id, theirs.apiKey.id),
    list: ({ apiKeys }, theirs) => apiKeys.list(theirs.workspace.id, everything),
    count: ({ apiKeys }, theirs) => apiKeys.count(theirs.workspace.id),
    recordUse: ({ apiKeys }, theirs) => apiKeys.recordUse(theirs.apiKey.id, anHourLater),
    delete: ({ apiKeys }, theirs) => apiKeys.delete(theirs.workspace.id, theirs.apiKey.id),
    deleteExpired: ({ apiKeys }) => apiKeys.deleteExpired(always, 100),
  },
  apiAnswers: {
    // A lock shows and changes nothing.
    lock: async ({ apiAnswers }, theirs) => void (await apiAnswers.lock(theirs.apiAnswer.keyHash)),
    find: ({ apiAnswers }, theirs) => apiAnswers.find(theirs.apiAnswer.keyHash, noon),
    keep: ({ apiAnswers }, theirs) => apiAnswers.keep({ ...theirs.apiAnswer, answer: 'Mine' }),
    deleteExpired: ({ apiAnswers }) => apiAnswers.deleteExpired(always, 100),
  },
  apps: {
    // Apps are the installation's: everybody may read them.
    find: async () => undefined,
    list: async () => [],
    insert: ({ apps }, theirs) => apps.insert({ ...theirs.app, clientId: newSecret() }),
    replace: ({ apps }, theirs) => apps.replace({ ...theirs.app, metadata: {} }),
    delete: ({ apps }, theirs) => apps.delete(theirs.app.clientId),
    // A lock is taken by whoever runs; it shows and changes nothing.
    lock: ({ apps }) => apps.lock(),
  },
  attempts: {
    create: ({ attempts }) => attempts.create(anAttempt()),
    find: ({ attempts }, theirs) => attempts.find(theirs.attempt.id),
    findByInteraction: ({ attempts }, theirs) => attempts.findByInteraction(theirs.attempt.interactionUid),
    lock: ({ attempts }, theirs) => attempts.lock(theirs.attempt.id),
    lockByInteraction: ({ attempts }, theirs) => attempts.lockByInteraction(theirs.attempt.interactionUid),
    transition: ({ attempts }, theirs) => attempts.transition(theirs.attempt.id, 'open', 'satisfied', {}),
    move: ({ attempts }, theirs) => attempts.move(theirs.attempt.id, 'open', 'satisfied', {}),
    deleteExpired: ({ attempts }) => attempts.deleteExpired(always, 100),
  },
  emailChallenges: {
    create: ({ emailChallenges }, theirs) => emailChallenges.create(aChallenge(theirs.attempt.id)),
    createFirst: ({ emailChallenges }, theirs) =>
      emailChallenges.createFirst({ ...aChallenge(theirs.attempt.id), voidedAt: noon }),
    lockByTokenHash: ({ emailChallenges }, theirs) => emailChallenges.lockByTokenHash(theirs.challenge.tokenHash),
    findByTokenHash: ({ emailChallenges }, theirs) => emailChallenges.findByTokenHash(theirs.challenge.tokenHash),
    findOpen: ({ emailChallenges }, theirs) => emailChallenges.findOpen(theirs.attempt.id),
    countTry: ({ emailChallenges }, theirs) => emailChallenges.countTry(theirs.challenge.id),
    consume: ({ emailChallenges }, theirs) => emailChallenges.consume(theirs.challenge.id, noon),
  },
  codeFailures: {
    count: ({ codeFailures }, theirs) => codeFailures.count(theirs.user.address),
    increment: ({ codeFailures }, theirs) => codeFailures.increment(theirs.user.address, noon),
    reset: ({ codeFailures }, theirs) => codeFailures.reset(theirs.user.address),
    deleteOlderThan: ({ codeFailures }) => codeFailures.deleteOlderThan(always, 100, 100),
  },
  sessions: {
    create: ({ sessions }, theirs) => sessions.create(aSession(theirs.user.id)),
    update: ({ sessions }, theirs) => sessions.update({ ...theirs.session, payload: {} }),
    findByIdHash: ({ sessions }, theirs) => sessions.findByIdHash(theirs.session.idHash),
    findByUid: ({ sessions }, theirs) => sessions.findByUid(theirs.session.uid),
    delete: ({ sessions }, theirs) => sessions.delete(theirs.session.uid),
    listForUser: ({ sessions }, theirs) => sessions.listForUser(theirs.user.id),
    deleteForUser: ({ sessions }, theirs) => sessions.deleteForUser(theirs.user.id, {}),
    deleteExpired: ({ sessions }, theirs) => sessions.deleteExpired(new Date(theirs.session.expiresAt.getTime() - 1), 100),
  },
  grants: {
    upsert: ({ grants }, theirs) => grants.upsert({ ...theirs.grant, payload: {} }),
    findFacts: ({ grants }, theirs) => grants.findFacts(theirs.grant.id),
    findFactsWithFactors: ({ grants }, theirs) => grants.findFactsWithFactors(theirs.grant.id),
    delete: ({ grants }, theirs) => grants.delete(theirs.grant.id),
    listForUser: ({ grants }, theirs) => grants.listForUser(theirs.user.id),
    listForMember: ({ grants }, theirs) => grants.listForMember(theirs.workspace.id, theirs.user.id),
    deleteForMember: ({ grants }, theirs) => grants.deleteForMember(theirs.workspace.id, theirs.user.id),
    deleteForUser: ({ grants }, theirs) => grants.deleteForUser(theirs.user.id, {}),
    deleteExpired: ({ grants }, theirs) => grants.deleteExpired(new Date(theirs.grant.expiresAt.getTime() - 1), 100),
  },
  consents: {
    find: ({ consents }, theirs) => consents.find(theirs.user.id, theirs.app.clientId),
    listForUser: ({ consents }, theirs) => consents.listForUser(theirs.user.id),
    delete: ({ consents }, theirs) => consents.delete(theirs.user.id, theirs.app.clientId),
    upsert: ({ consents }, theirs) => consents.upsert({ ...theirs.consent, allowed: { scopes: [], claims: [], resources: {} } }),
  },
  refreshFamilies: {
    create: ({ refreshFamilies }, theirs) => refreshFamilies.create(aFamily(theirs.grant)),
    find: ({ refreshFamilies }, theirs) => refreshFamilies.find(theirs.family.id),
    rotate: ({ refreshFamilies }, { family }) =>
      refreshFamilies.rotate(family.id, family.currentHash, {
        currentHash: newHash(),
        successor: newHash(),
        rotatedAt: noon,
        payload: {},
        expiresAt: anHourLater,
      }),
    delete: ({ refreshFamilies }, theirs) => refreshFamilies.delete(theirs.family.id),
    deleteExpired: ({ refreshFamilies }, theirs) =>
      refreshFamilies.deleteExpired(new Date(theirs.family.expiresAt.getTime() - 1), 100),
  },
  revokedAccessTokens: {
    add: ({ revokedAccessTokens }) => revokedAccessTokens.add(newSecret(), noon),
    has: ({ revokedAccessTokens }, theirs) => revokedAccessTokens.has(theirs.revokedTokenId),
    deleteExpired: ({ revokedAccessTokens }) => revokedAccessTokens.deleteExpired(always, 100),
  },
  signingKeys: {
    list: ({ signingKeys }) => signingKeys.list(),
    insert: ({ signingKeys }) => signingKeys.insert(aSigningKey()),
    update: ({ signingKeys }, theirs) => signingKeys.update(theirs.signingKey.kid, { retiresAt: noon }),
    delete: ({ signingKeys }, theirs) => signingKeys.delete(theirs.signingKey.kid),
    // A lock is taken by whoever runs; it shows and changes nothing.
    lock: ({ signingKeys }) => signingKeys.lock(),
  },
  ...auditAttacks,
  dataKeys: {
    // One's own workspace's wrapped key is to be read, and opens nothing.
    listWorkspaceKeys: async ({ dataKeys }, theirs) =>
      (await dataKeys.listWorkspaceKeys(undefined, 1000, 'existing')).filter(
        ({ workspaceId }) => workspaceId === theirs.workspace.id,
      ),
    findInstallationKey: ({ dataKeys }) => dataKeys.findInstallationKey(),
    replaceKey: ({ dataKeys }, { user }) => dataKeys.replaceKey({ kind: 'user', userId: user.id }, newHash(), newHash()),
    findWorkspaceId: ({ dataKeys }, theirs) => dataKeys.findWorkspaceId(theirs.workspace.slug),
    requestRotation: ({ dataKeys }, { user }) => dataKeys.requestRotation({ kind: 'user', userId: user.id }, noon),
    requestRotations: ({ dataKeys }) => dataKeys.requestRotations('user', undefined, 100, noon),
    countRotations: ({ dataKeys }) => dataKeys.countRotations(),
    takeDueRotation: ({ dataKeys }) => dataKeys.takeDueRotation(always),
    publishGeneration: ({ dataKeys }, { user }) => dataKeys.publishGeneration({ kind: 'user', userId: user.id }, noon, noon),
    resealOwner: ({ dataKeys }, { user }) => dataKeys.resealOwner({ kind: 'user', userId: user.id }, 100),
    leaveToEvents: ({ dataKeys }, { user }) => dataKeys.leaveToEvents({ kind: 'user', userId: user.id }),
    resealEvents: ({ dataKeys }) => dataKeys.resealEvents(100),
    putOff: ({ dataKeys }, { user }) => dataKeys.putOff({ kind: 'user', userId: user.id }, noon),
    takeFinishedRotation: ({ dataKeys }) => dataKeys.takeFinishedRotation(),
    dropOldGenerations: ({ dataKeys }, { user }) => dataKeys.dropOldGenerations({ kind: 'user', userId: user.id }),
  },
  jobs: {
    // Jobs are added under any scope and seen under none.
    enqueue: async () => undefined,
  },
}
