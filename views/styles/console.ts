/** The pages of a workspace: tables, choices, and the log. */
export const consoleStyles = `.rail-title {
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
.table thead th {
  padding-block: var(--space-2);
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
  .table .row-actions {
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
@media (max-width: 42rem) {
  .table:not(.compare) thead {
    display: none;
  }
  .table:not(.compare), .table:not(.compare) tbody, .table:not(.compare) tr, .table:not(.compare) tbody th, .table:not(.compare) td {
    display: block;
  }
  .table:not(.compare) tbody tr {
    padding-block: var(--space-3);
  }
  .table:not(.compare) tbody th, .table:not(.compare) td {
    padding: 0;
  }
  .table:not(.compare) td {
    display: grid;
    grid-template-columns: minmax(0, 8rem) minmax(0, 1fr);
    gap: var(--space-3);
    align-items: baseline;
    font-size: var(--size-small);
  }
  .table:not(.compare) td::before {
    content: attr(data-label);
    color: var(--neutral-7);
  }
  .table.matrix:not(.compare) td:has(.no) {
    display: none;
  }
}
`
