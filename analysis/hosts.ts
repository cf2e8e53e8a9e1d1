/**
 * Whether a service's check may ask this host. A pattern is a host name, or `*.example.com`: exactly one label, made of
 * letters, digits and dashes, in place of the star.
 */
export function hostMatches(patterns: readonly string[], host: string): boolean {
  return patterns.some((pattern) => {
    if (!pattern.startsWith('*.')) return pattern === host;
    if (!host.endsWith(pattern.slice(1))) return false;
    return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(host.slice(0, host.length - pattern.length + 1));
  });
}
