/** The pages of an account: a menu, and lists of what there is. */
export const accountStyles = `.skip {
  position: absolute;
  inset-block-start: var(--space-2);
  inset-inline-start: var(--space-2);
  padding: var(--space-2) var(--space-4);
  border-radius: var(--radius);
  background: var(--neutral-2);
}
.skip:not(:focus) {
  clip-path: inset(50%);
}
.railed main:focus {
  outline: none;
}
.railed {
  --column: 58rem;
  grid-template-rows: var(--space-8) auto minmax(var(--space-12), 1fr) auto;
}
.rail-links a {
  display: flex;
  align-items: center;
  min-block-size: var(--target);
  padding-inline: var(--space-3);
  border-radius: var(--radius);
  color: var(--neutral-8);
  text-decoration: none;
}
.rail-links a:hover {
  background: var(--neutral-3);
}
.rail-links a[aria-current] {
  background: var(--neutral-3);
  color: var(--neutral-9);
  font-weight: var(--weight-strong);
}
.rail-last {
  margin-block-start: var(--space-2);
  padding-block-start: var(--space-2);
  border-block-start: 1px solid var(--neutral-4);
}
.rail-menu summary {
  position: relative;
  display: flex;
  align-items: center;
  justify-content: space-between;
  flex-wrap: wrap;
  gap: 0 var(--space-3);
  min-block-size: 3rem;
  padding: var(--space-2) 0.875rem;
  padding-inline-end: 2.5rem;
  border: 1px solid var(--neutral-5);
  border-radius: var(--radius);
  background: var(--neutral-2);
  font-weight: var(--weight-strong);
  cursor: pointer;
}
.rail-menu summary span {
  min-inline-size: 0;
  overflow-wrap: anywhere;
}
.rail-menu summary::-webkit-details-marker {
  display: none;
}
.rail-menu summary::after {
  content: "";
  position: absolute;
  inset-block-start: calc(50% - 0.375rem);
  inset-inline-end: 1rem;
  inline-size: 0.5rem;
  block-size: 0.5rem;
  border: solid currentColor;
  border-width: 0 2px 2px 0;
  transform: rotate(45deg);
}
.rail-menu[open] summary::after {
  inset-block-start: calc(50% - 0.125rem);
  transform: rotate(225deg);
}
.rail-word {
  color: var(--neutral-7);
  font-weight: var(--weight-text);
}
.rail-menu nav {
  margin-block-start: var(--space-2);
  padding: var(--space-2);
  border: 1px solid var(--neutral-4);
  border-radius: var(--radius);
  background: var(--neutral-2);
}
.rail-beside {
  display: none;
}
.rail {
  margin-block-end: var(--space-8);
}
@media (min-width: 52rem) {
  .railed .column {
    display: grid;
    grid-template-columns: 13rem minmax(0, 1fr);
    grid-template-rows: auto 1fr;
    column-gap: var(--space-12);
  }
  .railed .whose {
    grid-column: 1 / -1;
  }
  .rail-menu {
    display: none;
  }
  .rail-beside {
    display: block;
    margin-inline-start: calc(-1 * var(--space-3));
  }
}
.railed main {
  max-inline-size: 40rem;
}
.railed main > section > h2 {
  font-size: var(--size-large);
  line-height: 1.3;
}
.railed main > section + section {
  margin-block-start: var(--space-12);
}
.railed section > * + * {
  margin-block-start: var(--space-4);
}
.railed section > h2 + p {
  margin-block-start: var(--space-1);
}
.railed section > p:not([class]) {
  color: var(--neutral-8);
}
/* In a form that is a grid, a button would be as wide as the text above it. */
.railed form.stack > .button {
  justify-self: start;
}
.narrow {
  max-inline-size: 26rem;
}
.rows {
  border-block-end: 1px solid var(--neutral-4);
}
.row {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: space-between;
  gap: var(--space-1) var(--space-6);
  padding-block: var(--space-3);
  border-block-start: 1px solid var(--neutral-4);
}
.row-text {
  flex: 1 1 14rem;
  min-inline-size: 0;
}
.row-title {
  font-weight: var(--weight-strong);
  overflow-wrap: anywhere;
}
.row-detail {
  color: var(--neutral-7);
  font-size: var(--size-small);
  overflow-wrap: anywhere;
}
.row-detail time {
  display: inline-block;
}
.badge {
  display: inline-block;
  margin-inline-start: var(--space-2);
  padding: 0 var(--space-2);
  border: 1px solid var(--neutral-5);
  border-radius: 999px;
  color: var(--neutral-8);
  font-size: var(--size-small);
  font-weight: var(--weight-text);
  line-height: 1.5;
}
.row-actions {
  display: flex;
  flex-wrap: wrap;
  column-gap: var(--space-4);
}
.row-actions .button, .row-actions a {
  display: inline-flex;
  align-items: center;
  min-block-size: var(--target);
}
.buttons {
  display: flex;
  flex-wrap: wrap;
  gap: var(--space-3);
}
.buttons .button, .buttons + .button, .railed :is(section, main) > form > .button, .railed :is(section, main) > .button, .railed .notice .button {
  inline-size: auto;
  min-block-size: var(--target);
}
.railed .notice p {
  min-inline-size: 0;
  overflow-wrap: anywhere;
}
.railed .notice-form > * + * {
  margin-block-start: 0;
}
.notice-form {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: var(--space-3);
  justify-items: start;
}
.who {
  display: grid;
  gap: var(--space-1);
  overflow-wrap: anywhere;
}
.who strong {
  font-size: var(--size-large);
}
.next-step {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: var(--space-3);
  justify-items: start;
  padding: var(--space-4);
  border: 1px solid var(--neutral-4);
  border-radius: var(--radius);
}
.next-step p {
  max-inline-size: 100%;
  overflow-wrap: anywhere;
}
.next-step .button {
  inline-size: auto;
  min-block-size: var(--target);
}
.row-below {
  flex-basis: 100%;
}
.row-more .scopes {
  padding-block-end: var(--space-2);
  font-size: var(--size-small);
}
@media (max-width: 32rem) {
  .buttons .button, .railed :is(section, main) > form > .button, .railed :is(section, main) > .button {
    inline-size: 100%;
  }
}
`
