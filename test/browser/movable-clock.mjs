/** Loaded into Latchkey before it starts: its clock goes ahead by as much as the stage says, for what takes longer than a test may. */
const RealDate = Date
let ahead = 0

globalThis.Date = new Proxy(RealDate, {
  construct: (target, parts, made) => Reflect.construct(target, parts.length === 0 ? [RealDate.now() + ahead] : parts, made),
  get: (target, name, receiver) => (name === 'now' ? () => RealDate.now() + ahead : Reflect.get(target, name, receiver)),
})

process.on('message', ({ minutes }) => {
  ahead += minutes * 60_000
  process.send?.('moved')
})
// What listens for the stage keeps nothing alive.
process.channel?.unref()
