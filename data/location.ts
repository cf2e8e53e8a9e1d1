/** Where a run is kept unless the operator says otherwise: one file that answers everything. */
export const DEFAULT_DATABASE = 'data/incidence.sqlite';

/** The key of the fingerprints stands beside the database and is never published with it; for a server's, where the default one is. */
export function keyFileOf(database: string): string {
  return `${(fileOf(database) ?? DEFAULT_DATABASE).replace(/\.[a-z0-9]+$/i, '')}.key`;
}

/** The file of a database; null where it is a server's. */
export function fileOf(database: string): string | null {
  const path = database.replace(/^sqlite:(\/\/)?/i, '');
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(path) ? null : path;
}
