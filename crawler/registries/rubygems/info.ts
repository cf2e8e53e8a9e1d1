/** `/info/NAME` of the compact index: one line for each version and platform that is not yanked. */
import { Malformed } from '../../errors.ts';
import { isGemVersion } from '../../versions/rubygems.ts';

export interface GemVersion {
  readonly number: string;
  /** `ruby`, or a platform such as `x86_64-linux-gnu` or `java`. */
  readonly platform: string;
  /** Lower-case hex; null where a server leaves it out. */
  readonly sha256: string | null;
  readonly createdAt: string | null;
}

/**
 * The versions in the order of the file. Keys that are not known are passed over, since the format grows by them.
 * `drop` is called for each line that is no version. Throws `Malformed` for a text that is no info file.
 */
export function parseInfo(text: string, url: string, drop: (reason: string) => void): GemVersion[] {
  const lines = text.split('\n');
  const header = lines.indexOf('---');
  if (header === -1) throw new Malformed(`expected an info file with a line of three dashes from ${url}`, { url });
  const versions: GemVersion[] = [];
  for (const line of lines.slice(header + 1)) {
    if (line === '') continue;
    const version = parseLine(line);
    if (version === null) drop('info-line-not-understood');
    else versions.push(version);
  }
  return versions;
}

/** `NUMBER[-PLATFORM] DEPENDENCIES|KEY:VALUE,…`; a value may hold colons of its own. */
function parseLine(line: string): GemVersion | null {
  const match = /^([^\s-]+)(?:-(\S+))? (?:[^|]*\|)?(.*)$/.exec(line);
  const [, number, platform = 'ruby', requirements = ''] = match ?? [];
  if (number === undefined || !isGemVersion(number) || !/^[\w.-]+$/.test(platform)) return null;
  const values = new Map<string, string>();
  for (const requirement of requirements.split(',')) {
    const colon = requirement.indexOf(':');
    if (colon > 0) values.set(requirement.slice(0, colon), requirement.slice(colon + 1));
  }
  const sha256 = values.get('checksum')?.toLowerCase() ?? '';
  const createdAt = values.get('created_at') ?? '';
  return {
    number,
    platform,
    sha256: /^[0-9a-f]{64}$/.test(sha256) ? sha256 : null,
    createdAt: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(createdAt) ? createdAt : null,
  };
}
