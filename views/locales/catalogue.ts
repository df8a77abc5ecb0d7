import type { en } from './en.ts'

export type MessageKey = keyof typeof en

/** What each language has to offer: every key of the English catalogue and no other. */
export type Catalogue = Record<MessageKey, string>

/**
 * Names of the arguments of an ICU message, read from its type: what stands between `{` and the next `}` or `,`. The branches
 * of a plural begin with `#`, which tells them apart from arguments.
 */
type ArgumentName<Message extends string> = Message extends `${string}{${infer Rest}`
  ? (Rest extends `${infer Head}}${string}` ? NameAtStart<Head> : never) | ArgumentName<Rest>
  : never

type NameAtStart<Head extends string> = Head extends `#${string}` ? never : Head extends `${infer Name},${string}` ? Name : Head

/** The arguments that a message needs, as a function takes them: none, or one record. */
export type MessageArguments<Key extends MessageKey, Value> = [ArgumentName<(typeof en)[Key]>] extends [never]
  ? []
  : [values: Record<ArgumentName<(typeof en)[Key]>, Value>]
