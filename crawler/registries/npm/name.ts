/** npm's names: exact strings, case-sensitive, not normalised. */

/**
 * The form of a name in a URL: of a scoped name only the slash is encoded (`@scope%2Fname`), as npm's own client does; a
 * literal slash or an encoded @ is not known everywhere.
 */
export function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/^%40/, '@');
}

/** The last part of a scoped name, which its tarballs are named after. */
export function baseName(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}
