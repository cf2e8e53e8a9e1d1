import { showName } from './names.ts';
import { PartReader, take, type Reader } from './reader.ts';
import { inside, type At, type Walker } from './walker.ts';

const PREFIX_BYTES = 16;

interface AsarFile {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** True where an asar (Electron's archive) begins: two lengths, then an index in JSON. */
export function isAsar(head: Uint8Array): boolean {
  if (head[0] !== 4 || head.length < PREFIX_BYTES + 10) return false;
  const view = new DataView(head.buffer, head.byteOffset);
  if (view.getUint32(0, true) !== 4) return false;
  const json = view.getUint32(12, true);
  const pickle = view.getUint32(4, true);
  if (pickle < json + 8 || pickle > json + 12) return false;
  return Buffer.from(head.subarray(PREFIX_BYTES, PREFIX_BYTES + 10))
    .toString('latin1')
    .startsWith('{"files":{');
}

/**
 * An asar. Its files are read in the order of their bytes; files that the index places outside or into the bytes of
 * others are recorded.
 */
export async function readAsar(reader: Reader, at: At, walker: Walker): Promise<void> {
  const prefix = await take(reader, PREFIX_BYTES);
  if (!prefix) return;
  const view = new DataView(prefix.buffer);
  const jsonBytes = view.getUint32(12, true);
  const { metadataBytes } = walker.budget.limits;
  if (jsonBytes > metadataBytes) {
    walker.skipped(
      at.path,
      'limit-metadata',
      `the index has ${jsonBytes} bytes, over ${metadataBytes}; the archive was searched as it is`,
    );
    return walker.deliver(reader, [...at.path, '(bytes behind the index)'], null);
  }
  const index = await take(reader, jsonBytes);
  const files = index && filesOf(index);
  if (!files) {
    walker.skipped(
      at.path,
      index ? 'corrupt' : 'truncated',
      'the index of the archive cannot be read; the bytes behind it were searched as they are',
    );
    return walker.deliver(reader, [...at.path, '(bytes behind the index)'], null);
  }
  // The index is padded to four bytes.
  const padding = await take(reader, 8 + view.getUint32(4, true) - PREFIX_BYTES - jsonBytes);
  if (padding) await readFiles(reader, files, at, walker);
}

async function readFiles(reader: Reader, files: readonly AsarFile[], at: At, walker: Walker): Promise<void> {
  let position = 0;
  for (const file of files.toSorted((one, other) => one.offset - other.offset)) {
    const pause = walker.budget.enter();
    if (pause) await pause;
    const name = showName(Buffer.from(file.name), walker.budget.limits.nameBytes).name;
    const here = inside(at, name, file.size);
    if (file.offset < position) {
      walker.skipped(here.path, 'overlap', 'the index places the file within the bytes of another one');
      continue;
    }
    let isBeyond = false;
    if (file.offset > position) {
      const gap = new PartReader(reader, file.offset - position);
      const hasBytes = gap.available > 0 || (await gap.fill(1));
      if (hasBytes) await walker.deliver(gap, [...at.path, `(bytes at ${position})`], file.offset - position);
      await walker.drain(gap);
      isBeyond = gap.left > 0;
    }
    const part = new PartReader(reader, file.size);
    await walker.member(part, here);
    await walker.drain(part);
    position = file.offset + file.size;
    if (reader.problem) continue;
    if (isBeyond) walker.skipped(here.path, 'truncated', 'the index places the file behind the end of the archive');
    else if (part.left > 0) walker.skipped(here.path, 'truncated', `${part.left} of ${file.size} bytes are missing at the end`);
  }
  if (reader.available > 0 || (await reader.fill(1))) await walker.deliver(reader, [...at.path, `(bytes at ${position})`], null);
}

function filesOf(index: Uint8Array): AsarFile[] | null {
  let root: unknown;
  try {
    root = JSON.parse(Buffer.from(index.buffer, index.byteOffset, index.length).toString('utf8'));
  } catch {
    return null;
  }
  const files: AsarFile[] = [];
  const open: { readonly node: unknown; readonly path: string }[] = [{ node: root, path: '' }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, path } = next;
    if (typeof node !== 'object' || node === null) continue;
    const children: unknown = Reflect.get(node, 'files');
    if (typeof children === 'object' && children !== null) {
      for (const [name, child] of Object.entries(children))
        open.push({ node: child, path: path === '' ? name : `${path}/${name}` });
      continue;
    }
    const size: unknown = Reflect.get(node, 'size');
    // Files without an offset lie beside the archive; links have no bytes.
    const offset = Number(Reflect.get(node, 'offset'));
    if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 && Number.isSafeInteger(offset) && offset >= 0) {
      files.push({ name: path, offset, size });
    }
  }
  return files;
}
