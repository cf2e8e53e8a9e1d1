/**
 * The acceptance suite: what every format passes by its samples alone.
 *
 * A token must be found wherever it stands in an entry, however the bytes come in and whatever it is wrapped in, with all
 * its parts and with the place that gives it back when it is cut out.
 *
 * There are two depths. `full` breaks the bytes at every offset of a token, byte by byte, and puts every sample through
 * every situation. `light` keeps every kind of situation for every format, but breaks the bytes only where something
 * changes (around the ends of literals and parts, and at offsets drawn by the format's name), and takes the situations
 * that depend on the detector rather than on the format (paddings of 256 KiB, containers) for one sample.
 */
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { pack } from 'tar-stream';
import { bytesSource } from './archive/source.ts';
import type { Candidate } from './detect/candidate.ts';
import { createDetector, type Detector } from './detect/detector.ts';
import { scanArtifact } from './scan.ts';
import { Fingerprinter } from './secret.ts';
import { seededRandom } from './seeded-random.ts';
import type { Format, Random, Sample, Service } from './service.ts';

export type Depth = 'full' | 'light';

/** So many samples of a format go through the situations that take long, and through the encodings. */
const LOOKS = { full: { long: 2, encoded: Infinity }, light: { long: 1, encoded: 2 } } as const;
/** Chunk ends of a light look that are drawn, beside those around literals and parts. */
const DRAWN_EDGES = 6;
const KIB = 1024;
/** Zones so small that every token lies across several. */
const TINY_STEP = 64;

export interface AcceptanceSuite {
  /**
   * Everything that is wrong with a format, each as a sentence that names the sample and the situation. Empty: it passes.
   *
   * @param depth how many situations; `full` takes some ten times as long as `light`
   * @param seed of the samples
   */
  problems(format: Format, depth?: Depth, seed?: string): Promise<readonly string[]>;
}

/**
 * @param services all that are known, for a sample must not be claimed by another one unnoticed
 */
export function acceptanceSuite(services: readonly Service[]): AcceptanceSuite {
  const fingerprinter = new Fingerprinter(Buffer.alloc(32, 1));
  const detector = createDetector(services, { fingerprinter });
  const tiny = createDetector(services, { fingerprinter, step: TINY_STEP });

  async function problems(format: Format, depth: Depth = 'full', seed = 'acceptance'): Promise<readonly string[]> {
    const random = seededRandom(`${seed} ${format.id}`);
    const { hits, misses } = format.samples(random);
    const looks = LOOKS[depth];
    const found: string[] = [];
    if (hits.length === 0) found.push('there is no sample with a token; a format shows at least one');
    if (misses.length === 0) found.push('there is no near miss; a format shows at least one');
    for (const [index, hit] of hits.entries()) {
      const next = hits[(index + 1) % hits.length] ?? hit;
      const isLong = index < looks.long;
      const situations = [
        ...plainly(detector, hit, next),
        ...(index < looks.encoded ? encoded(detector, hit) : []),
        ...(isLong ? long(detector, tiny, hit, depth === 'full' ? everyEdge(hit) : tellingEdges(format, hit, random)) : []),
      ];
      for (const situation of situations) {
        const problem = wrongWith(format, situation);
        if (problem !== null) found.push(`sample ${index + 1}, ${situation.name}: ${problem}`);
      }
      if (isLong) found.push(...(await inContainers(format, hit, index, detector)));
      if (!hasLiteral(format, hit.text)) found.push(`sample ${index + 1} has none of the literals ${format.literals.join(', ')}`);
    }
    for (const [index, miss] of misses.entries()) {
      const wrong = scan(detector, Buffer.from(miss, 'latin1')).filter((one) => one.format === format.id);
      if (wrong.length > 0) found.push(`near miss ${index + 1} is found, ${wrong.length} times`);
    }
    return found;
  }

  return { problems };
}

/** Some content, what the detector made of it, and which samples stand in it. */
interface Situation {
  readonly name: string;
  readonly content: Buffer;
  readonly candidates: readonly Candidate[];
  /** In order of their places. */
  readonly expected: readonly Sample[];
  /** Gives the text of what a place cuts out. */
  readonly decode: (bytes: Buffer) => string;
}

const latin1 = (bytes: Buffer): string => bytes.toString('latin1');
const fromJson = (bytes: Buffer): string => String(JSON.parse(`"${latin1(bytes)}"`));
const fromBase64 = (bytes: Buffer): string => Buffer.from(latin1(bytes), 'base64').toString('latin1');
/** A place in base64 begins with a whole group, which may stand anywhere in a group of the text within: all four ways. */
const fromBase64Twice = (bytes: Buffer): string =>
  [0, 1, 2, 3].map((skip) => fromBase64(Buffer.from(fromBase64(bytes).slice(skip), 'latin1'))).join('\n');

/** Lines of ordinary text, in which no token stands. */
function filler(bytes: number): string {
  const line = 'the quick brown fox jumps over the lazy dog and = ( looks ) back;\n';
  return line.repeat(Math.ceil(bytes / line.length)).slice(0, Math.max(0, bytes - 1)) + (bytes > 0 ? '\n' : '');
}

function around({ text }: Sample, before: number, after: number): string {
  return `${filler(before)}${text}${filler(after)}`;
}

function plainly(detector: Detector, hit: Sample, next: Sample): readonly Situation[] {
  const plain = (name: string, text: string, expected: readonly Sample[] = [hit]): Situation =>
    situation(detector, name, Buffer.from(text, 'latin1'), expected);
  return [
    plain('alone', hit.text),
    plain('at the start', around(hit, 0, 5000)),
    plain('in the middle', around(hit, 3000, 2000)),
    plain('at the end', around(hit, 5000, 0)),
    plain('between bytes that are no text', `\0\0${hit.text}\u0085\0`),
    plain('three times', `${hit.text}\n${hit.text}\n${hit.text}`, [hit, hit, hit]),
    plain('with another sample behind it', `${hit.text}\n${next.text}`, [hit, next]),
  ];
}

function encoded(detector: Detector, hit: Sample): readonly Situation[] {
  const utf16 = Buffer.from(around(hit, 70, 70), 'utf16le');
  const big = Buffer.from(utf16).swap16();
  const odd = Buffer.from([0x7f]);
  const byteOrderMark = Buffer.from([0xfe, 0xff]);
  return [
    situation(detector, 'in UTF-16LE', utf16, [hit], (bytes) => bytes.toString('utf16le')),
    situation(detector, 'in UTF-16LE at an odd offset', Buffer.concat([odd, utf16]), [hit], (bytes) => bytes.toString('utf16le')),
    situation(detector, 'in UTF-16BE', Buffer.concat([byteOrderMark, big]), [hit], fromBigEndian),
    situation(detector, 'in UTF-16BE at an odd offset', Buffer.concat([odd, big]), [hit], fromBigEndian),
    situation(detector, 'in a JSON string', Buffer.from(JSON.stringify({ a: hit.text }), 'latin1'), [hit], fromJson),
    situation(
      detector,
      'in a JSON string in a JSON string',
      Buffer.from(JSON.stringify(JSON.stringify([around(hit, 30, 30)])), 'latin1'),
      [hit],
      (bytes) => fromJson(Buffer.from(fromJson(bytes), 'latin1')),
    ),
    ...[0, 1, 2].map((shift) =>
      situation(
        detector,
        `in base64, ${shift} bytes into a group`,
        Buffer.from(`data="${Buffer.from(`${' '.repeat(shift)}${hit.text}`, 'latin1').toString('base64')}"`),
        [hit],
        fromBase64,
      ),
    ),
    situation(
      detector,
      'in base64 for addresses, without padding',
      Buffer.from(`?data=${Buffer.from(hit.text, 'latin1').toString('base64url')}&x=1`),
      [hit],
      fromBase64,
    ),
    situation(
      detector,
      'in base64 in lines of 76',
      Buffer.from(
        `--x\n${Buffer.from(around(hit, 100, 100), 'latin1')
          .toString('base64')
          .replaceAll(/.{76}/g, '$&\r\n')}\n--x`,
      ),
      [hit],
      fromBase64,
    ),
    situation(
      detector,
      'in base64 in base64',
      Buffer.from(`"${Buffer.from(`"${Buffer.from(hit.text, 'latin1').toString('base64')}"`).toString('base64')}"`),
      [hit],
      fromBase64Twice,
    ),
  ];
}

/** Every offset of the text, and one more on each side. */
function everyEdge({ text }: Sample): readonly number[] {
  return Array.from({ length: text.length + 2 }, (_, index) => index - 1);
}

/** Offsets at which a chunk's end may make a difference: around the ends of literals and parts; and some drawn ones. */
function tellingEdges({ literals, ignoreCase = false }: Format, { text, parts }: Sample, random: Random): readonly number[] {
  const read = ignoreCase ? text.toLowerCase() : text;
  const marks = [...literals.map((one) => (ignoreCase ? one.toLowerCase() : one)), ...Object.values(parts)].flatMap((mark) => {
    const start = read.indexOf(mark);
    return start < 0 ? [] : [start, start + mark.length];
  });
  const around = marks.flatMap((mark) => [mark - 1, mark, mark + 1]);
  const drawn = Array.from({ length: DRAWN_EDGES }, () => random.int(text.length + 1));
  return [...new Set([...around, ...drawn])].filter((edge) => edge >= -1 && edge <= text.length).toSorted((a, b) => a - b);
}

function long(detector: Detector, tiny: Detector, hit: Sample, edges: readonly number[]): readonly Situation[] {
  const bytes = Buffer.from(`${filler(100)}${hit.text}${filler(100)}`, 'latin1');
  const padded = Buffer.from(`${filler(256 * KIB)}${hit.text}${filler(256 * KIB)}`, 'latin1');
  return [
    situation(detector, 'between 256 KiB on both sides', padded, [hit]),
    situation(detector, 'between 256 KiB, in chunks of 4093 bytes', padded, [hit], latin1, chunksOf(padded, 4093)),
    situation(tiny, 'in zones smaller than the token', padded.subarray(200 * KIB, 312 * KIB + hit.text.length), [hit]),
    ...edges.map((edge) =>
      situation(detector, `with a chunk that ends at ${edge}`, bytes, [hit], latin1, [
        bytes.subarray(0, 100 + edge),
        bytes.subarray(100 + edge),
      ]),
    ),
    situation(detector, 'byte by byte', bytes, [hit], latin1, chunksOf(bytes, 1)),
  ];
}

function situation(
  detector: Detector,
  name: string,
  content: Buffer,
  expected: readonly Sample[],
  decode: (bytes: Buffer) => string = latin1,
  chunks: readonly Buffer[] = [content],
): Situation {
  return { name, content, candidates: scan(detector, ...chunks), expected, decode };
}

function scan(detector: Detector, ...chunks: readonly Buffer[]): readonly Candidate[] {
  const artifact = detector.artifact();
  const entry = artifact.entry(['artifact', 'entry']);
  for (const chunk of chunks) entry.push(chunk);
  entry.end();
  return artifact.finish().candidates;
}

function chunksOf(bytes: Buffer, size: number): readonly Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

function fromBigEndian(bytes: Buffer): string {
  return Buffer.from(bytes).swap16().toString('utf16le');
}

/** What is wrong with what was found, or null. */
function wrongWith(format: Format, { content, candidates, expected, decode }: Situation): string | null {
  const others = candidates.filter((one) => one.format !== format.id && !one.ambiguousWith.includes(format.id));
  if (others.length > 0)
    return `also found as ${[...new Set(others.map((one) => one.format))].join(', ')}, without being ambiguous`;
  const own = candidates.filter((one) => one.format === format.id).sort((one, other) => one.place.offset - other.place.offset);
  if (own.length !== expected.length) return `found ${own.length} times instead of ${expected.length}`;
  for (const [index, { parts, place, unpaired }] of own.entries()) {
    const wanted = expected[index]?.parts ?? {};
    if (unpaired) return 'found without its companion';
    const differing = Object.keys({ ...wanted, ...parts }).filter((name) => !isSame(parts[name]?.reveal(), wanted[name]));
    if (differing.length > 0) return `found with another ${differing.join(', ')}`;
    const cut = decode(content.subarray(place.offset, place.offset + place.length));
    const groups = groupsOf(format).flatMap((name) => wanted[name] ?? []);
    const encoded = place.decoding.some((step) => step === 'base64');
    const isWhole = groups.length === 1 && !encoded ? cut === groups[0] : groups.every((part) => cut.includes(part));
    if (!isWhole) return 'its place cuts out something else than the token';
  }
  return null;
}

/** A part that holds escapes of its own, such as the line breaks of a key in JSON, may be read at any depth of escaping. */
function isSame(part: string | undefined, wanted: string | undefined): boolean {
  return part?.replaceAll(/\\+n/g, '\n') === wanted?.replaceAll(/\\+n/g, '\n');
}

/** Names of the parts that stand in the pattern itself. */
function groupsOf({ pattern }: Format): readonly string[] {
  return [...pattern.source.matchAll(/\(\?<([A-Za-z]\w*)>/g)].map((match) => match[1] ?? '');
}

function hasLiteral({ literals, ignoreCase = false }: Format, text: string): boolean {
  if (!ignoreCase) return literals.some((literal) => text.includes(literal));
  return literals.some((literal) => text.toLowerCase().includes(literal.toLowerCase()));
}

async function inContainers(format: Format, hit: Sample, index: number, detector: Detector): Promise<readonly string[]> {
  const bytes = Buffer.from(`${filler(300)}${hit.text}${filler(300)}`, 'latin1');
  const tar = await tarOf({ 'package/lib/index.js': bytes });
  const containers: Readonly<Record<string, Uint8Array>> = {
    'sample-1.0.0.tgz': gzipSync(tar),
    'sample-1.0.0.whl': zipSync({ 'sample/index.py': bytes }),
    'sample.1.0.0.nupkg': zipSync({ 'lib/sample.dll': Buffer.from(bytes.toString('latin1'), 'utf16le') }, { level: 0 }),
    'sample-1.0.0.gem': await tarOf({ 'metadata.gz': gzipSync('--- {}\n'), 'data.tar.gz': gzipSync(tar) }),
  };
  const problems: string[] = [];
  for (const [name, artifact] of Object.entries(containers)) {
    const { candidates } = await scanArtifact(bytesSource(name, artifact), detector);
    const own = candidates.filter((one) => one.format === format.id);
    if (own.length !== 1) problems.push(`sample ${index + 1}, in ${name}: found ${own.length} times instead of once`);
    else if (own[0]?.place.path[0] !== name)
      problems.push(`sample ${index + 1}, in ${name}: the path does not begin with the artifact`);
  }
  return problems;
}

async function tarOf(files: Readonly<Record<string, Uint8Array>>): Promise<Buffer> {
  const packing = pack();
  for (const [name, bytes] of Object.entries(files)) packing.entry({ name }, Buffer.from(bytes));
  packing.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of packing) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}
