/** For tests: finds tokens in what the program wrote, in every form in which one might have got there. */

/** Bytes that a form is first recognised by. */
const KEY = 4;
/** Shorter texts, such as an account's name, stand anywhere by chance. */
const SHORTEST = 12;

/** Plain, JSON, percent-encoded, hex, UTF-16, and base64 wherever in a triple of bytes the token begins. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].flatMap((lead) => {
    const whole = Buffer.concat([Buffer.alloc(lead), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // Digits that share bits with what stands before or after the token are left out.
    const inner = whole.slice(Math.ceil((lead * 4) / 3), (bytes.length + lead) % 3 === 0 ? undefined : -1);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    Buffer.from(secret, 'utf16le').toString('latin1'),
    ...base64,
  ];
}

/** Where a secret stands, one line each; the secrets themselves are not repeated. */
export function leaksIn(places: ReadonlyMap<string, string | Buffer>, secrets: readonly string[]): readonly string[] {
  const byKey = new Map<number, Buffer[]>();
  for (const form of new Set(secrets.filter((one) => one.length >= SHORTEST).flatMap(formsOf))) {
    const bytes = Buffer.from(form, 'latin1');
    const key = bytes.readUInt32BE(0);
    byKey.set(key, [...(byKey.get(key) ?? []), bytes]);
  }
  const found: string[] = [];
  for (const [place, written] of places) {
    const bytes = Buffer.from(written);
    let key = 0;
    for (let end = 0; end < bytes.length; end++) {
      key = ((key << 8) | (bytes[end] ?? 0)) >>> 0;
      const forms = byKey.get(key);
      if (forms === undefined) continue;
      const from = end + 1 - KEY;
      const form = forms.find((one) => one.equals(bytes.subarray(from, from + one.length)));
      if (form !== undefined) found.push(`${place}: a form of ${form.length} bytes at ${from}`);
    }
  }
  return found;
}
