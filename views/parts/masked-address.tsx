import type { VNode } from 'preact'
import { maskAddress } from '../text.ts'

/** An e-mail address that others may see over the shoulder; it stays on one line where there is room. */
export function MaskedAddress({ address }: { address: string }): VNode {
  return (
    <strong class="whole">
      <bdi>{maskAddress(address)}</bdi>
    </strong>
  )
}
