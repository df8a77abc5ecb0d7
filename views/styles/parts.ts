/** What pages show: notices, facts, lists, e-mails. */
export const partStyles = `.notice {
  display: flex;
  gap: var(--space-3);
  padding: var(--space-3) var(--space-4);
  border: 1px solid var(--neutral-4);
  border-radius: var(--radius);
  background: var(--neutral-3);
  font-size: var(--size-small);
}
.notice .icon {
  color: var(--neutral-8);
}
.facts {
  display: grid;
  grid-template-columns: auto minmax(0, 1fr);
  border-block-end: 1px solid var(--neutral-4);
}
.facts > div {
  display: grid;
  grid-column: 1 / -1;
  grid-template-columns: subgrid;
  column-gap: var(--space-6);
  padding-block: var(--space-3);
  border-block-start: 1px solid var(--neutral-4);
}
.facts dt {
  color: var(--neutral-7);
}
.facts dd {
  overflow-wrap: anywhere;
}
.facts dd time {
  display: block;
  color: var(--neutral-7);
  font-size: var(--size-small);
}
.aside {
  padding-inline-start: var(--space-4);
  border-inline-start: 2px solid var(--neutral-5);
  font-size: var(--size-small);
}
.aside h2 {
  font-size: inherit;
}
.scopes {
  display: grid;
  gap: var(--space-2);
  padding-inline-start: var(--space-6);
  list-style: disc;
}
.scopes ::marker {
  color: var(--neutral-6);
}
.app-links {
  display: flex;
  flex-wrap: wrap;
  column-gap: var(--space-6);
  font-size: var(--size-small);
}
.app-links a {
  display: inline-block;
  line-height: var(--target);
}
.value {
  font-family: var(--mono);
  font-size: var(--size-small);
  overflow-wrap: anywhere;
}
.code-shown {
  padding: var(--space-4);
  border: 1px solid var(--neutral-5);
  border-radius: var(--radius);
  background: var(--neutral-2);
  font: var(--weight-strong) var(--size-heading) / 1.2 var(--mono);
  letter-spacing: 0.08em;
  text-align: center;
  overflow-wrap: anywhere;
}
.copy:not([hidden]) {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: var(--space-1) var(--space-3);
}
.copy .button {
  inline-size: auto;
  min-block-size: var(--target);
}
.secret summary {
  min-block-size: var(--target);
  line-height: var(--target);
  color: var(--accent);
  cursor: pointer;
}
.secret[open] {
  margin-block-end: var(--space-2);
}
.secret .typed-key {
  font-size: var(--size-large);
}
.for-developers summary, .row-more summary {
  display: list-item;
  min-block-size: var(--target);
  line-height: var(--target);
  color: var(--neutral-7);
  font-size: var(--size-small);
  cursor: pointer;
}
.empty {
  padding: var(--space-8) var(--space-6);
  border: 1px dashed var(--neutral-5);
  border-radius: var(--radius);
  color: var(--neutral-7);
  text-align: center;
}
.mails {
  border-block-end: 1px solid var(--neutral-4);
}
.mails li {
  border-block-start: 1px solid var(--neutral-4);
}
.mails a {
  display: grid;
  grid-template-columns: minmax(0, 1fr) auto;
  gap: 0 var(--space-4);
  padding-block: var(--space-3);
  color: inherit;
  text-decoration: none;
}
.mails a:hover .mail-subject {
  text-decoration: underline;
}
.mail-subject {
  font-weight: var(--weight-strong);
  overflow-wrap: anywhere;
}
.mail-to, .mails time {
  color: var(--neutral-7);
  font-size: var(--size-small);
  overflow-wrap: anywhere;
}
.mail-to {
  grid-row: 2;
}
.breadcrumb a {
  display: inline-flex;
  align-items: center;
  min-block-size: var(--target);
}
main > .breadcrumb + h1 {
  margin-block-start: 0;
}
.mail-html {
  display: block;
  inline-size: 100%;
  block-size: 48rem;
  border: 1px solid var(--neutral-4);
  border-radius: var(--radius);
}
.operation {
  border-block-start: 1px solid var(--neutral-4);
}
.operation:last-child {
  border-block-end: 1px solid var(--neutral-4);
}
.for-developers.operation summary {
  padding-block: var(--space-2);
  line-height: inherit;
  color: var(--neutral-9);
}
.operation-does {
  display: block;
  color: var(--neutral-7);
}
.operation > * + * {
  margin-block-start: var(--space-2);
}
.operation > :last-child {
  margin-block-end: var(--space-4);
}
section > h2 + .operation {
  margin-block-start: var(--space-2);
}
.sample {
  padding: var(--space-3);
  border: 1px solid var(--neutral-4);
  border-radius: var(--radius);
  background: var(--neutral-2);
  font-family: var(--mono);
  font-size: var(--size-small);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}
.mail-text {
  margin-block-start: var(--space-3);
  font: var(--weight-text) var(--size-small) / 1.6 var(--mono);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}
@media (max-width: 32rem) {
  .mails a {
    grid-template-columns: minmax(0, 1fr);
  }
  .mail-html {
    block-size: 56rem;
  }
}
`
