import type { ComponentChildren, VNode } from 'preact'
import type { FormTarget } from '../page-context.ts'

/** A form that posts, with its hidden fields. The server says what is missing, in our words, so the browser's own are off. */
export function Form({
  target,
  class: className,
  data,
  children,
}: {
  target: FormTarget
  class?: string
  /** For a script of ours to read. */
  data?: Record<`data-${string}`, string>
  children: ComponentChildren
}): VNode {
  return (
    <form method="post" action={target.action} class={className} noValidate {...data}>
      {Object.entries(target.fields ?? {}).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {children}
    </form>
  )
}

interface ButtonProps {
  kind: 'primary' | 'secondary' | 'plain'
  name?: string
  value?: string
  children: ComponentChildren
}

export function Button({ kind, name, value, children }: ButtonProps): VNode {
  return (
    <button type="submit" class={`button button-${kind}`} name={name} value={value}>
      <span>{children}</span>
    </button>
  )
}

/** A form that is nothing but its button. */
export function ButtonForm({
  target,
  kind,
  children,
}: {
  target: FormTarget
  kind: ButtonProps['kind']
  children: ComponentChildren
}): VNode {
  return (
    <Form target={target}>
      <Button kind={kind}>{children}</Button>
    </Form>
  )
}

export function ButtonLink({
  href,
  kind,
  children,
}: {
  href: string
  kind: ButtonProps['kind']
  children: ComponentChildren
}): VNode {
  return (
    <a class={`button button-${kind}`} href={href}>
      <span>{children}</span>
    </a>
  )
}
