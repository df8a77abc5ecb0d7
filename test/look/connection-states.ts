import type { PageContext } from '../../views/page-context.ts'
import { renderLinkAccount } from '../../views/sign-in/link-account.tsx'
import { type ProveAddressProps, renderProveAddress } from '../../views/sign-in/prove-address.tsx'
import { renderUpstreamAway } from '../../views/sign-in/upstream-away.tsx'
import { renderUpstreamRefused, type UpstreamRefusedProps } from '../../views/sign-in/upstream-refused.tsx'

const form = { action: '/somewhere' }
const service = 'Microsoft'
const address = 'anna.keller@example.com'

const refused = (
  reason: UpstreamRefusedProps['reason'],
  more: Partial<UpstreamRefusedProps> = { tryAgain: form, otherWay: form },
) => ({
  name: `upstream-refused-${reason}`,
  render: (page: PageContext) => renderUpstreamRefused(page, { service, reason, ...more }),
})
const proveAddress = (change: Partial<ProveAddressProps>) => (page: PageContext) =>
  renderProveAddress(page, { service, form, otherWay: form, address, ...change })

/** Google and Microsoft: the ways there and back. */
export const connectionStates = [
  { name: 'upstream-away', render: (page: PageContext) => renderUpstreamAway(page, { service, tryAgain: form, otherWay: form }) },
  refused('consent-refused'),
  refused('upstream-unavailable'),
  refused('upstream-misconfigured'),
  refused('mix-up', {}),
  refused('expired', {}),
  refused('clock-off'),
  refused('keys-unknown'),
  refused('token-unacceptable'),
  refused('sign-in-too-old'),
  refused('account-not-allowed'),
  refused('somebody-elses', { backToAccount: '/account/ways-in' }),
  { name: 'prove-address', render: proveAddress({}) },
  { name: 'prove-address-unusable', render: proveAddress({ address: 'anna', problem: 'address-unusable' }) },
  {
    name: 'link-account',
    render: (page: PageContext) =>
      renderLinkAccount(page, { service, address, addressThere: 'anna@corp.example', yes: form, no: form }),
  },
]
