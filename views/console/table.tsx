/* oxlint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role -- laid out as blocks, it is no table to some browsers without its roles */
import type { ComponentChildren, VNode } from 'preact'

/**
 * What there is of one kind, a row each, the name of the row first. Where there is no room for columns, each cell says itself what it is;
 * the roles keep it a table for whoever hears it then.
 */
export function Table({
  label,
  columns,
  rows,
  class: className,
}: {
  label: string
  /** Words; what need not be seen is heard at least. */
  columns: readonly ComponentChildren[]
  rows: ReadonlyArray<readonly ComponentChildren[]>
  class?: string
}): VNode {
  return (
    <table class={className ? `table ${className}` : 'table'} role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(column => (
            <th scope="col" role="columnheader">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map(([name, ...cells]) => (
          <tr role="row">
            <th scope="row" role="rowheader">
              {name}
            </th>
            {cells.map((cell, index) => (
              <td role="cell" data-label={typeof columns[index + 1] === 'string' ? columns[index + 1] : undefined}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
