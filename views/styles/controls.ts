/** What can be pressed or filled in. */
export const controlStyles = `.stack {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: var(--space-4);
}
.field {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: var(--space-2);
}
label {
  font-weight: var(--weight-strong);
}
input, select {
  inline-size: 100%;
  min-block-size: 3rem;
  padding-inline: 0.875rem;
  border: 1px solid var(--neutral-6);
  border-radius: var(--radius);
  background: var(--neutral-2);
  color: inherit;
  font: inherit;
  caret-color: var(--accent);
}
input:focus-visible {
  outline-offset: -1px;
  border-color: transparent;
  border-radius: var(--radius);
}
.field-wrong input {
  border: 2px solid var(--neutral-9);
}
.code-input {
  font-family: var(--mono);
  font-size: var(--size-large);
  letter-spacing: 0.12em;
  text-transform: uppercase;
}
.problem {
  display: flex;
  gap: var(--space-2);
  font-weight: var(--weight-strong);
  font-size: var(--size-small);
  overflow-wrap: anywhere;
}
.icon {
  flex: none;
  block-size: 1.25rem;
  inline-size: 1.25rem;
}
.button {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  gap: var(--space-2);
  min-block-size: var(--target);
  font: inherit;
  cursor: pointer;
  overflow-wrap: anywhere;
}
.button-primary, .button-secondary {
  inline-size: 100%;
  min-block-size: 3rem;
  padding: var(--space-2) var(--space-4);
  border: 1px solid transparent;
  border-radius: var(--radius);
  font-weight: var(--weight-strong);
  line-height: 1.3;
  text-align: center;
  text-decoration: none;
  text-wrap: balance;
}
@media (prefers-reduced-motion: no-preference) {
  .button-primary, .button-secondary {
    transition: background-color 100ms;
  }
}
.button-primary {
  background: var(--accent);
  color: var(--on-accent);
}
.button-primary:hover {
  background: color-mix(in oklab, var(--accent), var(--neutral-9) 18%);
}
.button-primary:active {
  background: color-mix(in oklab, var(--accent), var(--neutral-9) 30%);
}
.button-secondary {
  border-color: var(--neutral-6);
  background: var(--neutral-2);
  color: var(--neutral-9);
}
.button-secondary:hover {
  background: var(--neutral-3);
}
.button-secondary:active {
  background: var(--neutral-4);
}
.button-plain {
  padding: 0;
  border: 0;
  background: none;
  color: var(--accent);
  text-align: start;
  text-decoration: underline;
  text-decoration-thickness: from-font;
  text-underline-offset: 0.15em;
}
.button-plain:hover {
  text-decoration-thickness: 2px;
}
.button:focus-visible {
  border-radius: var(--radius);
}
.choices, .other-ways {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: var(--space-3);
}
.divider {
  display: grid;
  grid-template-columns: 1fr auto 1fr;
  align-items: center;
  gap: var(--space-4);
  color: var(--neutral-7);
  font-size: var(--size-small);
}
.divider::before, .divider::after {
  content: "";
  border-block-start: 1px solid var(--neutral-4);
}
.ways-out {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  justify-items: start;
}
.offline {
  margin-block-start: 0;
}
.offline span:not([hidden]) {
  display: block;
  margin-block-start: var(--space-4);
  padding: var(--space-3) var(--space-4);
  border: 1px solid var(--neutral-4);
  border-radius: var(--radius);
  background: var(--neutral-3);
  font-size: var(--size-small);
}
@media (scripting: none) {
  .script-only {
    display: none;
  }
}
`
