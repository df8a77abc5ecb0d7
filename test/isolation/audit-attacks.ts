import { newId } from '../../provider/kernel/ids.ts'
import { anEvent, newHash, noon } from '../support/records.ts'
import { always, type Attacks } from './attack.ts'

/** Those aimed at the audit log and its chains, and at what of deleted workspaces is kept with them. */
export const auditAttacks: Pick<Attacks, 'deletedWorkspaces' | 'auditEvents' | 'auditChain' | 'auditCheckpoints' | 'auditLog'> = {
  deletedWorkspaces: {
    listDeletedBefore: ({ deletedWorkspaces }) => deletedWorkspaces.listDeletedBefore(always, 100),
    emptyEvents: async ({ deletedWorkspaces }, theirs) =>
      (await deletedWorkspaces.emptyEvents(theirs.deletedWorkspace.id, 100)).passed,
    destroyKey: ({ deletedWorkspaces }, theirs) => deletedWorkspaces.destroyKey(theirs.deletedWorkspace.id),
  },
  auditEvents: {
    append: ({ auditEvents }, theirs) =>
      auditEvents.append([anEvent({ workspaceId: theirs.workspace.id, userId: theirs.user.id })]),
    listForUser: ({ auditEvents }, theirs) => auditEvents.listForUser(theirs.user.id, ['session.created'], 100),
    searchWorkspace: ({ auditEvents }, theirs) => auditEvents.searchWorkspace(theirs.workspace.id, {}, 100),
    searchUser: ({ auditEvents }, theirs) => auditEvents.searchUser(theirs.user.id, {}, 100),
    emptyBefore: async ({ auditEvents }) =>
      auditEvents.emptyBefore({ class: 'planted', actions: ['session.created'], moment: always, limit: 100 }),
  },
  auditChain: {
    takeUnsealed: ({ auditChain }) => auditChain.takeUnsealed(100),
    hasUnsealed: ({ auditChain }) => auditChain.hasUnsealed(),
    lockHeads: ({ auditChain }, theirs) => auditChain.lockHeads([theirs.workspace.id]),
    append: ({ auditChain }, theirs) => {
      const head = { chainId: theirs.workspace.id, position: 9, link: newHash() }
      return auditChain.append([{ ...head, eventId: newId() }], [head])
    },
    countUnsealed: ({ auditChain }, theirs) => auditChain.countUnsealed(theirs.workspace.id),
  },
  auditCheckpoints: {
    // A lock shows and changes nothing.
    lock: ({ auditCheckpoints }) => auditCheckpoints.lock(),
    listKeys: ({ auditCheckpoints }) => auditCheckpoints.listKeys(),
    insertKey: ({ auditCheckpoints }) => auditCheckpoints.insertKey({ kid: newId(), privateJwk: {}, createdAt: noon }),
    takeMoved: ({ auditCheckpoints }) => auditCheckpoints.takeMoved(100),
    save: ({ auditCheckpoints }, theirs) =>
      auditCheckpoints.save([{ chainId: theirs.workspace.id, position: 9, madeAt: noon, signed: 'forged' }]),
    list: ({ auditCheckpoints }, theirs) => auditCheckpoints.list(theirs.workspace.id),
  },
  auditLog: {
    // Its own chain is a workspace's to read, and is not what was asked for.
    listWorkspaceChains: async ({ auditLog }, theirs) =>
      (await auditLog.listWorkspaceChains(undefined, 1000)).filter(({ chainId }) => chainId === theirs.workspace.id),
    findHead: ({ auditLog }, theirs) => auditLog.findHead(theirs.workspace.id),
    listEntries: ({ auditLog }, theirs) => auditLog.listEntries(theirs.workspace.id, 0, 100),
    listStrays: async ({ auditLog }, theirs) => {
      const { eventIds, next } = await auditLog.listStrays(theirs.workspace.id, undefined, 100)
      return next ?? eventIds
    },
    listVanished: ({ auditLog }, theirs) => auditLog.listVanished(theirs.workspace.id, 100),
  },
}
