/** The pages of a workspace: tables, choices, and the log. */
export const consoleStyles = `.roomy {
  --column: 70rem;
}
.roomy main {
  max-inline-size: none;
}
.roomy main :is(p, .notice, .empty, .facts, .rows, .actions) {
  max-inline-size: 40rem;
}
.roomy main > * + section, .roomy main > * + .actions {
  margin-block-start: var(--space-12);
}
.roomy main > .lead + section, .roomy main > .buttons {
  margin-block-start: var(--space-6);
}
.head {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: space-between;
  gap: var(--space-4) var(--space-6);
}
.head h1 {
  min-inline-size: 0;
}
.head .button {
  inline-size: auto;
  min-block-size: var(--target);
}
.head + p {
  margin-block-start: var(--space-3);
}
.facts .day {
  color: inherit;
  font-size: inherit;
}
.find {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: var(--space-2) var(--space-3);
  justify-items: start;
}
.find .field {
  display: contents;
}
.find .button {
  inline-size: auto;
}
.actions {
  border: 1px solid var(--neutral-5);
  border-radius: var(--radius);
}
.action {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: space-between;
  gap: var(--space-3) var(--space-6);
  padding: var(--space-4);
}
.action + .action {
  border-block-start: 1px solid var(--neutral-4);
}
.action > div {
  flex: 1 1 18rem;
  min-inline-size: 0;
}
.action h2 {
  font-size: var(--size-text);
}
.action p {
  color: var(--neutral-8);
  font-size: var(--size-small);
}
.railed main .action > .button {
  inline-size: auto;
  min-block-size: var(--target);
  margin-block-start: 0;
}
.remark {
  display: flex;
  gap: var(--space-2);
}
.rail-title {
  padding: 0 var(--space-3) var(--space-3);
  color: var(--neutral-7);
  font-size: var(--size-small);
  overflow-wrap: anywhere;
}
.heard {
  position: absolute;
  inline-size: 1px;
  block-size: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
.key {
  color: var(--neutral-7);
  font-family: var(--mono);
  font-size: var(--size-small);
  overflow-wrap: anywhere;
}
.table {
  inline-size: 100%;
  border-collapse: collapse;
  border-block-end: 1px solid var(--neutral-4);
}
.table th, .table td {
  padding: var(--space-3) var(--space-4) var(--space-3) 0;
  text-align: start;
  vertical-align: top;
  overflow-wrap: anywhere;
}
.table tr > :last-child {
  padding-inline-end: 0;
}
.table:not(.compare) thead th {
  padding-block: var(--space-2);
}
.table thead th {
  color: var(--neutral-7);
  font-size: var(--size-small);
  font-weight: var(--weight-text);
  overflow-wrap: normal;
}
.table tbody tr {
  border-block-start: 1px solid var(--neutral-4);
}
.table tbody th {
  font-weight: var(--weight-text);
}
.table tbody th > a {
  font-weight: var(--weight-strong);
}
.cell-detail {
  display: block;
  color: var(--neutral-7);
  font-size: var(--size-small);
}
.table .row-actions a, .table .row-actions .button {
  min-block-size: var(--target);
}
@media (min-width: 42.01rem) {
  .find {
    grid-template-columns: minmax(0, 26rem) auto;
  }
  .find :is(label, .problem, .hint) {
    grid-column: 1 / -1;
  }
  .find .hint {
    order: 1;
  }
  .options.many {
    grid-template-columns: 1fr 1fr;
    column-gap: var(--space-8);
  }
  .options.many :is(legend, .remark) {
    grid-column: 1 / -1;
  }
  .table:not(.compare) td {
    min-inline-size: 6.5rem;
  }
  .table:not(.compare) time {
    white-space: nowrap;
  }
  .table .row-actions {
    flex-wrap: nowrap;
    white-space: nowrap;
    margin-block: calc(-1 * var(--space-2));
  }
  .matrix td {
    inline-size: 5.5rem;
    text-align: center;
  }
  .matrix thead th:not(:first-child) {
    text-align: center;
  }
}
.matrix .key, .option .key {
  display: block;
}
.yes {
  color: var(--accent);
  font-weight: var(--weight-strong);
}
.no {
  color: var(--neutral-7);
}
.compare {
  margin-block-start: var(--space-2);
  border: 0;
  background: var(--neutral-2);
  font-size: var(--size-small);
  table-layout: fixed;
}
.compare th, .compare td {
  padding: var(--space-1) var(--space-3);
  border: 1px solid var(--neutral-4);
}
.compare thead th:first-child {
  inline-size: 30%;
}
.options {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: var(--space-1);
  min-inline-size: 0;
  padding: 0;
  border: 0;
}
.options legend {
  padding: 0;
  margin-block-end: var(--space-2);
  font-weight: var(--weight-strong);
}
.option {
  display: grid;
  grid-template-columns: auto minmax(0, 1fr);
  align-items: start;
  gap: var(--space-3);
  min-block-size: var(--target);
  padding-block: var(--space-2);
  font-weight: var(--weight-text);
  overflow-wrap: anywhere;
}
.option input {
  inline-size: 1.25rem;
  min-block-size: 0;
  block-size: 1.25rem;
  margin-block-start: 0.125rem;
  accent-color: var(--accent);
}
.option-name {
  font-weight: var(--weight-strong);
}
.option-why {
  display: block;
  color: var(--neutral-7);
  font-size: var(--size-small);
}
.filters summary {
  display: list-item;
  min-block-size: var(--target);
  line-height: var(--target);
  color: var(--accent);
  cursor: pointer;
}
.filter-fields {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr));
  align-items: start;
  gap: var(--space-4);
  padding-block: var(--space-2) var(--space-4);
}
.filter-fields .buttons {
  grid-column: 1 / -1;
  align-items: center;
}
.events {
  padding: 0;
  border-block-end: 1px solid var(--neutral-4);
  list-style: none;
}
.event {
  padding-block: var(--space-4) var(--space-1);
  border-block-start: 1px solid var(--neutral-4);
}
.event-title {
  overflow-wrap: anywhere;
}
.event-facts {
  padding-block-end: var(--space-3);
  font-size: var(--size-small);
}
.event-facts > div {
  display: grid;
  grid-template-columns: minmax(0, 9rem) minmax(0, 1fr);
  gap: var(--space-3);
}
.event-facts dd {
  margin: 0;
  overflow-wrap: anywhere;
}
`
