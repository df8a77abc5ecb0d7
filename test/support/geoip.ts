import ipaddr from 'ipaddr.js'

/*
 * A writer of the MaxMind DB file format 2.0 (https://maxmind.github.io/MaxMind-DB/), as far as a test needs it: IPv4 networks in a
 * tree of 24-bit records, and maps of strings and numbers.
 */

type Value = string | number | Value[] | { [name: string]: Value }

/** A database that tells `networks` apart: "192.0.2.0/24" to its record. */
export function writeGeoipFile(networks: Record<string, Value>, type = 'GeoLite2-City'): Buffer {
  type Node = [Node | number | undefined, Node | number | undefined]
  const root: Node = [undefined, undefined]
  const records = Object.values(networks)
  for (const [index, network] of Object.keys(networks).entries()) {
    const [address, length] = ipaddr.IPv4.parseCIDR(network)
    const bits = address.octets.map(octet => octet.toString(2).padStart(8, '0')).join('')
    let node = root
    for (let depth = 0; depth < length - 1; depth += 1) {
      const side = bits[depth] === '1' ? 1 : 0
      const next = node[side]
      if (typeof next === 'number') throw new Error('the networks lie in one another')
      const child: Node = next ?? [undefined, undefined]
      node[side] = child
      node = child
    }
    node[bits[length - 1] === '1' ? 1 : 0] = index
  }

  const nodes: Node[] = [root]
  for (const node of nodes) for (const side of node) if (Array.isArray(side)) nodes.push(side)
  const offsets: number[] = []
  const data: Buffer[] = []
  for (const record of records) {
    offsets.push(data.reduce((total, each) => total + each.length, 0))
    data.push(encode(record))
  }
  const tree = Buffer.concat(
    nodes.flatMap(node =>
      node.map(side => {
        const number =
          side === undefined
            ? nodes.length
            : typeof side === 'number'
              ? nodes.length + 16 + (offsets[side] ?? 0)
              : nodes.indexOf(side)
        return Buffer.from([number >> 16, (number >> 8) & 255, number & 255])
      }),
    ),
  )
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
    database_type: type,
    description: { en: 'for a test' },
    ip_version: 4,
    languages: ['en', 'de'],
    node_count: nodes.length,
    record_size: 24,
  })
  return Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'), metadata])
}

const types = { string: 2, number: 6, map: 7 }
/** Beyond seven: written as an extended type. */
const arrayType = 11

function encode(value: Value): Buffer {
  if (typeof value === 'string') return Buffer.concat([control(types.string, Buffer.byteLength(value)), Buffer.from(value)])
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return Buffer.concat([control(types.number, 4), bytes])
  }
  if (Array.isArray(value)) return Buffer.concat([Buffer.from([value.length, arrayType - 7]), ...value.map(encode)])
  const entries = Object.entries(value)
  return Buffer.concat([control(types.map, entries.length), ...entries.flatMap(([name, each]) => [encode(name), encode(each)])])
}

function control(type: number, size: number): Buffer {
  if (size >= 29 + 256) throw new Error('no test needs a value of this size')
  return size < 29 ? Buffer.from([(type << 5) | size]) : Buffer.from([(type << 5) | 29, size - 29])
}
