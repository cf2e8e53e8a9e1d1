/** PyPI's names. */

/**
 * The form in which PyPI tells names apart and in which its URLs are written: runs of `-`, `_` and `.` are one `-`, lower
 * case (PEP 503).
 */
export function normalise(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/** Whether a name is one by the specification (PEP 508): ASCII letters and digits, and `.`, `_`, `-` within. */
export function isProjectName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i.test(name);
}
