/**
 * The script of the page: tables of more than one row sort by a column when its heading is pressed. Without it the page says
 * the same. It is text, because it runs in another world than ours.
 */
export const SORTING = `'use strict';
for (const table of document.querySelectorAll('.incidence table')) {
  const body = table.tBodies[0];
  const head = table.tHead && table.tHead.rows[0];
  if (!body || !head || body.rows.length < 2) continue;
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    const given = cell.getAttribute('data-sort');
    if (given === null) return cell.textContent.trim();
    return given === '' ? null : Number(given);
  };
  const compare = (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true }));
  for (const [column, cell] of [...head.cells].entries()) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...cell.childNodes);
    cell.append(button);
    button.addEventListener('click', () => {
      const upwards = cell.getAttribute('aria-sort') !== 'ascending';
      for (const other of head.cells) other.removeAttribute('aria-sort');
      cell.setAttribute('aria-sort', upwards ? 'ascending' : 'descending');
      const rows = [...body.rows].map((row) => [row, valueOf(row, column)]);
      rows.sort(([, a], [, b]) => (a === null || b === null ? (a === null) - (b === null) : upwards ? compare(a, b) : compare(b, a)));
      body.append(...rows.map(([row]) => row));
    });
  }
}
`;
