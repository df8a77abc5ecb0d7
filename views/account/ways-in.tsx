import type { ComponentChildren, VNode } from 'preact'
import { type Speaker, speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { ButtonLink } from '../parts/form.tsx'
import { PasskeyScript, PasskeySignal, type PasskeySignals } from '../parts/passkey-form.tsx'
import { type AccountOutcome, accountHref, renderAccountPage } from './account-page.tsx'
import { Ago, Day, Row, Rows } from '../parts/row.tsx'

interface NamedFactor {
  name: string
  createdAt: Date
  lastUsedAt?: Date | undefined
  renameHref: string
  removeHref: string
}

export interface WaysInProps {
  now: Date
  /** The primary address. */
  address: string
  passkeys: Array<NamedFactor & { model?: string | undefined; synced: boolean }>
  authenticatorApps: NamedFactor[]
  recoveryCodes?: { left: number; all: number; madeAt: Date } | undefined
  /** Accounts elsewhere; the connection by its name. */
  elsewhere: Array<{ connection: string; address?: string | undefined; lastUsedAt: Date; unlinkHref: string }>
  /** Where one more can be set up; absent where that can't be done here. */
  addPasskeyHref?: string | undefined
  addAuthenticatorAppHref?: string | undefined
  /** Absent where there is no passkey and no authenticator app yet: codes come with the first of them. */
  makeRecoveryCodesHref?: string | undefined
  /** Connections that can be linked. */
  linkable: Array<{ connection: string; href: string }>
  /** What the person's authenticators are told of their passkeys. */
  signals?: PasskeySignals | undefined
  outcome?: AccountOutcome | undefined
}

/** How somebody signs in, and what each way is worth. */
export function renderAccountWaysIn(page: PageContext, props: WaysInProps): string {
  const speaker = speak(page.locale)
  const { say, show } = speaker
  const head = props.signals && <PasskeyScript page={page} />
  const options = { section: 'ways-in', title: say('account.section.ways-in'), outcome: props.outcome, head } as const
  return renderAccountPage(page, options, () => (
    <>
      <p class="lead">{say('account.ways-in.lead')}</p>
      <section>
        <h2>{say('account.ways-in.passkeys')}</h2>
        <p>{say('account.ways-in.passkeys-lead')}</p>
        {props.passkeys.length > 0 && (
          <Rows>
            {props.passkeys.map(passkey => (
              <FactorRow
                page={page}
                speaker={speaker}
                now={props.now}
                factor={passkey}
                badge={say(passkey.synced ? 'account.ways-in.synced' : 'account.ways-in.one-device')}
                detail={passkey.model !== undefined && passkey.model !== passkey.name && <bdi>{passkey.model}</bdi>}
              />
            ))}
          </Rows>
        )}
        <AddLink href={props.addPasskeyHref}>{say('account.ways-in.add-passkey')}</AddLink>
        {props.signals && <PasskeySignal signals={props.signals} />}
      </section>
      <section>
        <h2>{say('account.ways-in.apps')}</h2>
        <p>{say('account.ways-in.apps-lead')}</p>
        {props.authenticatorApps.length > 0 && (
          <Rows>
            {props.authenticatorApps.map(device => (
              <FactorRow page={page} speaker={speaker} now={props.now} factor={device} />
            ))}
          </Rows>
        )}
        <AddLink href={props.addAuthenticatorAppHref}>{say('account.ways-in.add-app')}</AddLink>
      </section>
      <section>
        <h2>{say('account.ways-in.codes')}</h2>
        <p>
          {props.recoveryCodes
            ? show('account.ways-in.codes-left', {
                left: props.recoveryCodes.left,
                all: props.recoveryCodes.all,
                day: <Day page={page} moment={props.recoveryCodes.madeAt} />,
              })
            : say(props.makeRecoveryCodesHref ? 'account.ways-in.codes-none' : 'account.ways-in.codes-before')}
        </p>
        <AddLink href={props.makeRecoveryCodesHref}>
          {say(props.recoveryCodes ? 'account.ways-in.renew-codes' : 'account.ways-in.make-codes')}
        </AddLink>
      </section>
      {(props.elsewhere.length > 0 || props.linkable.length > 0) && (
        <section>
          <h2>{say('account.ways-in.elsewhere')}</h2>
          <p>{say('account.ways-in.elsewhere-lead')}</p>
          {props.elsewhere.length > 0 && (
            <Rows>
              {props.elsewhere.map(({ connection, address, lastUsedAt, unlinkHref }) => (
                <Row
                  title={<bdi>{connection}</bdi>}
                  details={[
                    <>
                      {address && (
                        <>
                          <bdi>{address}</bdi> ·{' '}
                        </>
                      )}
                      {show('account.ways-in.used', { ago: <Ago page={page} moment={lastUsedAt} now={props.now} /> })}
                    </>,
                  ]}
                >
                  <a href={unlinkHref} aria-label={say('account.ways-in.unlink-what', { what: connection })}>
                    {say('account.ways-in.unlink')}
                  </a>
                </Row>
              ))}
            </Rows>
          )}
          {props.linkable.map(({ connection, href }) => (
            <AddLink href={href}>{say('account.ways-in.link', { connection })}</AddLink>
          ))}
        </section>
      )}
      <section>
        <h2>{say('account.ways-in.mail')}</h2>
        <p>{show('account.ways-in.mail-lead', { address: <bdi>{props.address}</bdi> })}</p>
        <a href={accountHref('addresses')}>{say('account.ways-in.manage-addresses')}</a>
      </section>
    </>
  ))
}

function FactorRow({
  page,
  speaker: { say, show },
  now,
  factor,
  badge,
  detail,
}: {
  page: PageContext
  speaker: Speaker
  now: Date
  factor: NamedFactor
  badge?: string
  detail?: ComponentChildren
}): VNode {
  const { name, createdAt, lastUsedAt, renameHref, removeHref } = factor
  const used = lastUsedAt
    ? show('account.ways-in.used', { ago: <Ago page={page} moment={lastUsedAt} now={now} /> })
    : say('account.ways-in.never-used')
  return (
    <Row
      title={<bdi>{name}</bdi>}
      badge={badge}
      details={[
        detail,
        <>
          {show('account.ways-in.added', { day: <Day page={page} moment={createdAt} /> })} · <span class="whole">{used}</span>
        </>,
      ]}
    >
      <a href={renameHref} aria-label={say('account.rename-what', { what: name })}>
        {say('account.rename')}
      </a>
      <a href={removeHref} aria-label={say('account.remove-what', { what: name })}>
        {say('account.remove')}
      </a>
    </Row>
  )
}

function AddLink({ href, children }: { href: string | undefined; children: ComponentChildren }): VNode | null {
  if (href === undefined) return null
  return (
    <div class="buttons">
      <ButtonLink href={href} kind="secondary">
        {children}
      </ButtonLink>
    </div>
  )
}
