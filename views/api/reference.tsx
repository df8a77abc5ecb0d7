import type { VNode } from 'preact'
import { renderDocument } from '../document.tsx'
import { type Speaker, speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { CopyButton, CopyScript } from '../parts/copy-button.tsx'
import { Facts } from '../parts/facts.tsx'

export interface ApiReferenceOperation {
  id: string
  method: string
  path: string
  summary: string
  description: string | undefined
  who: string
  status: number
  /** Of its example. */
  query: Array<[name: string, value: string]>
  request: unknown
  answer: unknown
  /** It wants to be told which version is meant. */
  conditional: boolean
}

export interface ApiReferenceProps {
  issuer: string
  apiPath: string
  documentPath: string
  sections: Array<{ title: string; operations: ApiReferenceOperation[] }>
}

/** The management API, for people to read. What is said of the operations is what the document says: in English. */
export function renderApiReference(page: PageContext, props: ApiReferenceProps): string {
  const speaker = speak(page.locale)
  const { say } = speaker
  return renderDocument(page, { title: say('api.heading'), wide: true, head: <CopyScript page={page} /> }, () => (
    <>
      <h1>{say('api.heading')}</h1>
      <p class="lead">{say('api.lead')}</p>
      <Facts
        facts={[
          { name: say('api.address'), value: <span class="value">{`${props.issuer}${props.apiPath}`}</span> },
          { name: say('api.document'), value: <a href={props.documentPath}>openapi.json</a> },
        ]}
      />
      <pre class="sample" id="first-call">
        <code>{`curl ${props.issuer}${props.apiPath}/users/me -H "Authorization: Bearer $TOKEN"`}</code>
      </pre>
      <CopyButton page={page} of="first-call" what="curl" />
      {props.sections.map(({ title, operations }) => (
        <section lang="en">
          <h2>{title}</h2>
          {operations.map(operation => (
            <Operation speaker={speaker} operation={operation} />
          ))}
        </section>
      ))}
    </>
  ))
}

function Operation({ speaker: { say, locale }, operation }: { speaker: Speaker; operation: ApiReferenceOperation }): VNode {
  const { id, method, path, summary, description, who, status, query, request, answer, conditional } = operation
  const address = query.length === 0 ? path : `${path}?${new URLSearchParams(query)}`
  const sent = [
    `${method} ${address}`,
    ...(conditional ? ['If-Match: "1"'] : []),
    ...(request === undefined ? [] : ['', JSON.stringify(request, undefined, 2)]),
  ]
  return (
    <details class="for-developers operation" id={id}>
      <summary>
        <strong class="value">{method}</strong> <span class="value">{path.replace(/^\/api\/v1/, '')}</span>{' '}
        <span class="operation-does">{summary}</span>
      </summary>
      {description !== undefined && <p>{description}</p>}
      <p>{who.replaceAll('`', '')}</p>
      <Sample label={say('api.request')} locale={locale}>
        {sent.join('\n')}
      </Sample>
      <Sample label={say('api.answer', { status: String(status) })} locale={locale}>
        {answer === undefined ? '' : typeof answer === 'string' ? answer : JSON.stringify(answer, undefined, 2)}
      </Sample>
    </details>
  )
}

function Sample({ label, locale, children }: { label: string; locale: string; children: string }): VNode {
  return (
    <>
      <p class="hint" lang={locale}>
        {label}
      </p>
      {children !== '' && <pre class="sample">{children}</pre>}
    </>
  )
}
