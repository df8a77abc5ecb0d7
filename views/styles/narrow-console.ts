/** The pages of a workspace where there is no room for columns. */
export const narrowConsoleStyles = `@media (max-width: 42rem) {
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
  .table:not(.compare) td:not([data-label]) {
    display: block;
  }
  .table.matrix:not(.compare) td {
    display: inline-flex;
    gap: var(--space-1);
    min-inline-size: 0;
    margin-inline-end: var(--space-4);
  }
  .table.matrix:not(.compare) td:has(.no) {
    display: none;
  }
  .compare thead th:first-child {
    display: none;
  }
  .compare thead, .compare tbody {
    display: block;
  }
  .compare tr {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
  }
  .compare tbody th {
    grid-column: 1 / -1;
  }
  .roomy .facts > div {
    grid-template-columns: minmax(0, 1fr);
    row-gap: 0;
  }
  .roomy .facts dt {
    font-size: var(--size-small);
  }
}
@media (max-width: 32rem) {
  .find .button {
    inline-size: 100%;
  }
}
`
