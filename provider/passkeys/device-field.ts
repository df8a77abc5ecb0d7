/**
 * The field with which a page's script says that this device can make a passkey. Without it nobody is offered one, so that nobody
 * without script has a step more.
 */
export const deviceField = { name: 'passkeys', value: 'possible' } as const
