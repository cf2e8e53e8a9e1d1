"""Readers of Python's library, asked over a pipe: one request in, one answer out, until the pipe is closed.

A request is the name of a reader in 8 bytes, the length in 4, and the bytes of an archive. An answer is a state in 1 byte
(0: refused, 1: read, 2: read, but bytes follow that were not), the number of files in 4, and for each file its name and its
content, each behind its length in 4.
"""
import bz2, gzip, io, json, lzma, re, struct, sys, tarfile, zipfile

MOST = 1 << 26


def unpacked(data, start):
    """All streams, one behind the other, as `lzma.decompress` and `bz2.decompress` read them, up to a size."""
    out, rest = [], data
    while True:
        decoder = start()
        try:
            out.append(decoder.decompress(rest, MOST))
        except (lzma.LZMAError, OSError, EOFError, MemoryError):
            if len(out) == 0:
                return 0, []
            break
        if not decoder.eof:
            # Cut off, or too large: what follows the streams before is no stream.
            out.pop()
            if len(out) == 0:
                return 0, []
            break
        rest = decoder.unused_data
        if len(rest) == 0:
            break
    return (2 if rest.strip(b'\0') else 1), [(b'', b''.join(out))]


def read_zip(data):
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            try:
                if not info.is_dir():
                    found.append((info.filename.encode('utf-8', 'replace'), archive.read(info)))
            except Exception:
                pass
    return 1, found


def read_tar(data):
    found = []
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode='r:') as archive:
            for member in archive:
                if member.isreg() and member.sparse is None:
                    body = archive.extractfile(member).read()
                    if len(body) == member.size:
                        found.append((member.name.encode('utf-8', 'replace'), body))
    except Exception:
        pass
    return 1, found


def read_ar(data):
    """The common format: 60 bytes of header, and the body on even offsets."""
    if data[:8] != b'!<arch>\n':
        return 0, []
    found, at = [], 8
    while at + 60 <= len(data):
        header = data[at:at + 60]
        if header[58:] != b'`\n' or not header[48:58].strip().isdigit():
            break
        size = int(header[48:58])
        body = data[at + 60:at + 60 + size]
        if len(body) < size:
            break
        found.append((header[:16].rstrip(), body))
        at += 60 + size + size % 2
    return 1, found


def read_asar(data):
    """A pickle of Chromium that holds JSON, and the files' bytes behind it."""
    if len(data) < 16:
        return 0, []
    size, = struct.unpack_from('<I', data, 4)
    length, = struct.unpack_from('<I', data, 12)
    index = json.loads(data[16:16 + length].decode())
    base, found = 8 + size, []

    def folder(files, prefix):
        for name, node in files.items():
            if 'files' in node:
                folder(node['files'], prefix + name + '/')
            # Python takes 1_40 for a number, too.
            elif str(node.get('offset')).isdigit():
                start = base + int(node['offset'])
                if int(node['offset']) >= 0 and 0 <= node['size'] <= len(data) - start:
                    found.append(((prefix + name).encode('utf-8', 'replace'), data[start:start + node['size']]))

    folder(index['files'], '')
    return 1, found


def read_nested(data):
    """Every file in gzips, tars and zips, whatever they lie in, as far as Python opens them."""
    found = []

    def open_all(name, data, depth):
        try:
            if data[:2] == b'\x1f\x8b':
                return open_all(name, gzip.decompress(data), depth)
            if depth < 4 and data[257:262] == b'ustar':
                for inner, body in read_tar(data)[1]:
                    open_all(inner, body, depth + 1)
                return
            if depth < 4 and data[:4] == b'PK\x03\x04':
                for inner, body in read_zip(data)[1]:
                    open_all(inner, body, depth + 1)
                return
        except Exception:
            return
        # What Python did not open where it looks like an archive, others may open.
        if depth > 0 and not re.search(rb'[.](jar|whl|tgz|tar|gz)$', name) and b'PK' not in data:
            found.append((name, data))

    open_all(b'', data, 0)
    return 1, found


READERS = {
    'xz': lambda data: unpacked(data, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ)),
    'bzip2': lambda data: unpacked(data, bz2.BZ2Decompressor),
    'zip': read_zip,
    'tar': read_tar,
    'ar': read_ar,
    'asar': read_asar,
    'nested': read_nested,
}


def main():
    ask, answer = sys.stdin.buffer, sys.stdout.buffer
    while len(head := ask.read(12)) == 12:
        data = ask.read(struct.unpack_from('<I', head, 8)[0])
        try:
            state, found = READERS[head[:8].rstrip().decode()](data)
        except Exception:
            state, found = 0, []
        answer.write(struct.pack('<BI', state, len(found)))
        for part in (part for pair in found for part in pair):
            answer.write(struct.pack('<I', len(part)))
            answer.write(part)
        answer.flush()


main()
