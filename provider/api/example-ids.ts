/** Ids in examples: those of a workspace and people who are nobody. */
export const exampleWorkspaceId = '0199d3a0-5b1e-7c44-9d5e-3f1a2b4c5d6e'
export const exampleUserId = '0199d3a1-2c8f-7a10-8b7d-6e5f4a3b2c1d'
export const exampleOtherUserId = '0199d3a2-71d4-7b92-a1c3-0d9e8f7a6b5c'
export const exampleId = '0199d3b4-08aa-7e05-93fb-4c6d8e0f1a2b'
export const exampleMoment = '2026-05-04T09:30:00.000Z'
export const exampleLater = '2026-08-02T09:30:00.000Z'
